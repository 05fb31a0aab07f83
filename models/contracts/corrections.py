"""Corrections: people's word on decisions, as it comes in on `transactions.corrections`: a frozen pydantic contract.

A correction names the right category. Where that is the category decided, it confirms.
"""

from typing import Annotated, ClassVar

from pydantic import Field
from pydantic_core import core_schema

from models.contracts import fields
from models.contracts.events import (
    AmountBandName,
    CategoryName,
    Event,
    Flag,
    Identifier,
    Probability,
    SchemaVersion,
    Timestamp,
)

SamplingProbability = Annotated[
    float,
    fields.Reader(
        fields.read_sampling_probability,
        {"type": "number", "minimum": fields.SMALLEST_SAMPLING_PROBABILITY, "maximum": 1},
        written=core_schema.simple_ser_schema("float"),
    ),
]


class Answered(Event):
    """The decision that a correction replies to, as its record said it, so that nobody needs to look it up."""

    category: CategoryName = Field(description="The category that had been decided.")
    confidence: Probability
    amount_band: AmountBandName
    blind: Flag = Field(default=False, description="Whether the reviewer saw no suggestion: the record said `blind`.")
    sampling_probability: SamplingProbability = Field(
        default=1.0, description="How likely it was that a person saw this decision, as the record said."
    )
    model_version: Identifier
    merchant_key: Annotated[str | None, fields.optional_text(256)] = Field(
        default=None, description="Normalised name of the merchant, where the case tool knows it."
    )


class Correction(Event):
    """A person's decision on a transaction."""

    ce_type: ClassVar[str] = "evenhand.correction.v1"

    correction_id: Identifier = Field(description="Unique for all time; repeats are recognised by it.")
    transaction_id: Identifier = Field(description="Keys the topic.")
    category: CategoryName = Field(description="The right category.")
    actor: Identifier = Field(description="Who says so; opaque, such as a pseudonym of the case tool.")
    reason: Annotated[str | None, fields.optional_text(256)] = Field(default=None, description="Why, in a few words.")
    timestamp: Timestamp = Field(description="When it was said; RFC 3339 with zone.")
    answers: Answered | None = Field(
        default=None, description="The decision replied to; without it the correction counts, but not for parity."
    )
    schema_version: SchemaVersion = "1"
