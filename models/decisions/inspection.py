"""Finds the faults of an artefact: every file against its sha256, then every part loaded and asked once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import MappingProxyType

import numpy as np

from models.artefacts.artefact import MANIFEST, Manifest, read_content, read_manifest
from models.contracts.events import Transaction
from models.decisions import policy_file
from models.decisions.calibrated import POLICY_FILE
from models.decisions.ensemble import Ensemble
from models.decisions.loading import load_ensemble, online_trust
from models.decisions.policy import PolicyName
from models.errors import ArtefactError, EvenhandError
from models.learned import linear_files as text_files
from models.learned import memory, neighbours
from models.learned import text_files as learned_files
from models.learned.encoder import DIMENSIONS, FILES, OnnxEncoder
from models.learned.text_files import NEIGHBOURS_FILE

Contents = Mapping[str, bytes]

# Fixed, because a check must give the same result whenever it is run.
_NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)
_INVENTED = Transaction(
    transaction_id="inspection",
    account_id="inspection",
    description="INVENTED BAKERY AND CO",
    amount=Decimal("10.00"),
    currency="USD",
    timestamp=_NOON,
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Args:
        fault: What is wrong with it; empty where it is sound.
    """

    name: str
    fault: str = ""


def inspect(folder: Path, *, version: str | None = None) -> list[Check]:
    """Look at everything in an artefact; what depends on something broken is not looked at.

    Args:
        version: Version that it must be, where that is known.

    Returns:
        One check for the manifest, then one for each file, each part, and a decision made with them.
    """
    try:
        manifest = read_manifest(folder)
    except ArtefactError as error:
        return [Check(MANIFEST, str(error))]
    if version not in (None, manifest.model_version):
        return [Check(MANIFEST, f"{folder} holds model {manifest.model_version}, not {version}")]
    contents: dict[str, bytes] = {}
    checks = [Check(MANIFEST), *_files(folder, manifest, contents)]
    # A broken file would show again as a fault of every part that is made of it.
    if not _sound(checks):
        return checks
    parts = {**PARTS, **(LIKENESS if {NEIGHBOURS_FILE, *FILES} & contents.keys() else {})}
    checks += [_tried(name, partial(load, contents)) for name, load in parts.items()]
    if _sound(checks):
        # Last: parts that load singly may still not fit together.
        checks.append(_tried("decision", partial(_decide, folder)))
    return checks


def require_sound(folder: Path, *, version: str | None = None) -> None:
    """Refuse an artefact of which anything is broken.

    Raises:
        ArtefactError: Names the first fault.
    """
    for check in inspect(folder, version=version):
        if check.fault:
            raise ArtefactError(f"{folder} is broken at {check.name}: {check.fault}")


def load_tried(folder: Path, *, policy: PolicyName, threshold: float, precision: float) -> Ensemble:
    """Load the ensemble of an artefact, and decide with it once, so that what is broken shows before it matters.

    Args:
        policy: As `load_ensemble` has it, like the two after it.

    Raises:
        ArtefactError: The artefact is missing or altered, or the libraries fail on what is in it.
        ConfigurationError: It has no line for this precision.
    """
    try:
        ensemble = load_ensemble(folder, policy=policy, threshold=threshold, precision=precision)
        ensemble.categorize([_INVENTED], now=_NOON)
    except EvenhandError:
        raise
    except Exception as error:  # whatever the libraries raise on a file that is not theirs is the finding
        raise ArtefactError(f"{folder} fails ({type(error).__name__}): see `evenhand model verify`") from error
    return ensemble


def _sound(checks: list[Check]) -> bool:
    return not any(check.fault for check in checks)


def _files(folder: Path, manifest: Manifest, contents: dict[str, bytes]) -> Iterator[Check]:
    for name, digest in manifest.files.items():
        try:
            contents[name] = read_content(folder, name, digest)
        except ArtefactError as error:
            yield Check(name, str(error))
        else:
            yield Check(name)


def _tried(name: str, load: Callable[[], object]) -> Check:
    try:
        load()
    except KeyError as error:
        return Check(name, f"the artefact has no {error.args[0]}")
    except Exception as error:  # noqa: BLE001  # whatever the libraries raise on a file that is not theirs is the finding
        return Check(name, str(error) if isinstance(error, ArtefactError) else f"it fails ({type(error).__name__})")
    return Check(name)


def _encode(contents: Contents) -> None:
    vectors = OnnxEncoder(contents).encode([_INVENTED.description])
    if vectors.shape != (1, DIMENSIONS) or not np.isclose(np.linalg.norm(vectors), 1, atol=1e-3):
        raise ArtefactError(f"the encoder does not give a vector of length 1 with {DIMENSIONS} dimensions")


def _decide(folder: Path) -> None:
    load_ensemble(folder).categorize([_INVENTED], now=_NOON)


PARTS: Mapping[str, Callable[[Contents], object]] = MappingProxyType(
    {
        "n-grams": text_files.from_files,
        "merchant memory": lambda contents: memory.from_bytes(contents[learned_files.MEMORY_FILE]),
        "policy": lambda contents: policy_file.from_bytes(contents[POLICY_FILE]),
        "trust": online_trust,
    }
)
"""What every artefact is made of, each with what loads it."""

LIKENESS: Mapping[str, Callable[[Contents], object]] = MappingProxyType(
    {
        "neighbours": lambda contents: neighbours.from_bytes(contents[NEIGHBOURS_FILE]),
        "encoder": _encode,
    }
)
"""What one with an encoder has besides."""
