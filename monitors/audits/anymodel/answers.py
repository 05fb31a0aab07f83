"""What is asked of a model under audit, whatever it was made with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from models.errors import DataError
from monitors.audits.anymodel.profiles import Profile

PROBABILITY_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Answers:
    """A model's answers on profiles, in their order.

    Args:
        decisions: As text: `1`, `approved`.
        probabilities: Decision to its probability on each profile; empty where the model gives none.
    """

    decisions: tuple[str, ...]
    probabilities: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


class AuditedModel(Protocol):
    """A classifier.

    Every implementation passes the same checks (`tests/monitors/audits/anymodel/test_models.py`).
    """

    @property
    def name(self) -> str:
        """What a report calls it."""

    @property
    def reads(self) -> tuple[str, ...]:
        """Fields that it reads; empty where it does not say."""

    @property
    def learned(self) -> Mapping[str, frozenset[str]]:
        """Field to the values, as text, that it was trained on; a field is left out where it does not say."""

    @property
    def decides(self) -> tuple[str, ...]:
        """Decisions that it can give; empty where it does not say."""

    def answer(self, profiles: Sequence[Profile]) -> Answers:
        """Decide on profiles.

        Raises:
            DataError: It cannot take these profiles, or its answers cannot be read.
        """


def worded(value: object) -> str:
    """A decision as text, the same for a number of whichever type.

    >>> worded(1.0), worded(True), worded("approved")
    ('1', 'True', 'approved')
    """
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def approval(answers: Iterable[str], decides: Sequence[str], wanted: str | None) -> str:
    """Which decision is the good one for the applicant.

    Args:
        answers: Decisions that were given.
        decides: Decisions that the model can give; may be empty.
        wanted: What the auditor says; None: `1` of 0 and 1, `True` of False and True.

    Raises:
        DataError: The model gives no such decision, or nobody says which one it is.
    """
    known = sorted({*answers, *decides})
    if wanted is not None:
        # A model that does not say what it can decide may well never have approved.
        if wanted in known or not decides:
            return wanted
        raise DataError(f"the model never decides {wanted!r}; it decides {', '.join(known)}: name one with --positive")
    for negative, positive in (("0", "1"), ("False", "True")):
        if set(known) <= {negative, positive}:
            return positive
    raise DataError(f"which of {', '.join(known)} is the good decision? Name it with --positive")
