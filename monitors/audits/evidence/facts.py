"""What a run hands in: all that the evidence is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pydantic import JsonValue

from models.artefacts.artefact import Manifest


@dataclass(frozen=True, slots=True)
class Run:
    """The run itself.

    Args:
        command: Gives the same evidence again.
        project: Name and version of the program.
        signer: Sha256 of the public key, hex; empty where no key was configured.
    """

    command: str
    day: date
    project: str
    policy: str
    precision: float
    signer: str = ""


class TableState(StrEnum):
    """How a table at hand compares with the one that the model was trained on."""

    SAME = "same"
    DIFFERENT = "different"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class TableFacts:
    """One table of the training data.

    Args:
        sha256: By the model's manifest, hex.
        rows: None where it was not counted: it is not the table trained on.
        by_category: Category to rows; empty where the rows carry none.
    """

    name: str
    sha256: str
    state: TableState
    rows: int | None = None
    by_category: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class AuditReport:
    """A report that another command wrote.

    Args:
        name: File name without its ending.
        data: Its JSON.
        files: Names of its files that are taken over.
    """

    name: str
    data: Mapping[str, JsonValue]
    files: Sequence[str]


@dataclass(frozen=True, slots=True)
class Example:
    """One decision in the words for customers.

    Args:
        line: Statement text of a payment that nobody made.
        answers: Question to answer, in their order.
    """

    line: str
    category: str
    answers: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything.

    Args:
        settings: Name to what may be shown of it: never a secret or an address.
        reports: By name; what is missing was not measured.
        monitors: From `monitors.audits.evidence.monitoring.monitors_data`; None where nothing was handed in.
        history: Entries of the store, the oldest first; None where the model is of no store.
        example: A decision of this model; None where the run made none.
    """

    run: Run
    manifest: Manifest
    tables: Sequence[TableFacts]
    settings: Mapping[str, JsonValue]
    reports: Mapping[str, AuditReport]
    monitors: Mapping[str, JsonValue] | None = None
    history: Sequence[Mapping[str, JsonValue]] | None = None
    example: Example | None = None


def groups_of(manifest: Manifest) -> dict[str, Mapping[str, JsonValue]]:
    """Groups of transactions that were scored when the model was trained: those of its metrics with an accuracy."""
    return {
        name: values
        for name, values in manifest.metrics.items()
        if isinstance(values, Mapping) and {"rows", "accuracy"} <= values.keys()
    }


def overrides(history: Sequence[Mapping[str, JsonValue]]) -> list[int]:
    """Places of the entries that went past a gate: those with a reason under `override`."""
    return [place for place, entry in enumerate(history) if entry.get("override")]
