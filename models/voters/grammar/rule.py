"""What a rule of the grammar is, and which of two rules that both match is meant."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Flow(StrEnum):
    """Direction of money, from the sign of the amount."""

    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class GrammarRule:
    """Phrases of the bank's language that say one thing.

    Args:
        label: Names the rule in evidence; one of `LABELS`.
        category: What the line is then.
        confidence: How often that is so on bank statements: a judgement, not a measurement.
        phrases: In the notation of `models.voters.grammar.phrases`.
        flow: Only for this direction; None for both.
    """

    label: str
    category: str
    confidence: float
    phrases: tuple[str, ...]
    flow: Flow | None = None


LABELS = (
    "school fees",
    "fee reversed",
    "insufficient funds",
    "bank fee",
    "interest sweep",
    "interest charged",
    "interest",
    "mortgage",
    "rent",
    "tax preparation",
    "benefits",
    "tax refund",
    "payment of tax",
    "pay",
    "dividend",
    "tax authority",
    "loan payment",
    "lottery",
    "winnings",
    "card payment",
    "property management",
    "premium",
    "insurance",
    "airtime and power",
    "utility bill",
    "fuel purchase",
    "donation",
    "state document",
    "purpose",
    "cash machine",
    "cheque",
    "between people",
    "transfer",
    "savings",
    "loan",
    "payment in an app",
)
"""Order is meaning: a fee for a cash withdrawal is a fee, interest on a loan is interest, a rent transfer rent."""

ORDER: Mapping[str, int] = MappingProxyType({label: place for place, label in enumerate(LABELS)})


_PIPE = re.compile(r"\|\s+")


def apart(text: str) -> tuple[str, ...]:
    """Phrases that stand in one text, apart by semicolons; a line may end after a blank or a bar."""
    joined = (" ".join(_PIPE.sub("|", phrase).split()) for phrase in text.split(";"))
    return tuple(phrase for phrase in joined if phrase)


def rule(label: str, category: str, confidence: float, phrases: str, flow: Flow | None = None) -> GrammarRule:
    """Make a rule of the phrases of one text, see `apart`."""
    return GrammarRule(label, category, confidence, apart(phrases), flow)
