"""A rule of the grammar, and the direction of money that it may ask for."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from models.contracts.data_files import Category, Confidence, StrictTable
from models.voters.grammar.phrases import tidy


class Flow(StrEnum):
    """Direction of money, from the sign of the amount."""

    OUT = "out"
    IN = "in"


PhraseText = Annotated[str, AfterValidator(tidy)]


class GrammarRule(StrictTable):
    """Phrases of the bank's language that say one thing.

    Args:
        label: Names the rule in evidence; its place in ``order.toml`` says which of two rules is meant.
        category: The line's category where a phrase matches.
        confidence: How often that is so on bank statements: a judgement, not a measurement.
        phrases: In the notation of `models.voters.grammar.phrases`.
        flow: The only direction in which the rule holds; None for both.
        large: Whether it holds only where the amount is of the size of pay.
    """

    label: str
    category: Category
    confidence: Confidence
    flow: Flow | None = None
    large: bool = False
    phrases: Annotated[tuple[PhraseText, ...], Field(min_length=1)]
