"""Corrections: people's word on decisions, as it comes in on `transactions.corrections`: a frozen pydantic contract.

A correction names the right category. Where that is the category decided, it confirms.
"""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field
from pydantic_core import core_schema

from models.contracts import fields
from models.contracts.events import (
    Amount,
    AmountBandName,
    CategoryName,
    Currency,
    Description,
    Event,
    Flag,
    Identifier,
    Mcc,
    OptionalIdentifier,
    Probability,
    SchemaVersion,
    Timestamp,
)
from models.errors import ContractError

SamplingProbability = Annotated[
    float,
    fields.Reader(
        fields.read_sampling_probability,
        {"type": "number", "minimum": fields.SMALLEST_SAMPLING_PROBABILITY, "maximum": 1},
        written=core_schema.simple_ser_schema("float"),
    ),
]


class Scope(StrEnum):
    """Whose decisions a correction is meant to change."""

    ACCOUNT = "account"
    """Those of one account, and nobody else's."""
    EVERYONE = "everyone"
    """Everybody's."""


class Standing(StrEnum):
    """As what somebody speaks; what each may do is in docs/learning.md."""

    CUSTOMER = "customer"
    REVIEWER = "reviewer"
    APPROVER = "approver"


ScopeName = Annotated[Scope, fields.Named()]
StandingName = Annotated[Standing, fields.Named()]


class About(Event):
    """The transaction that a correction is about, as far as decisions look at one: what can be learned from it."""

    description: Description
    amount: Amount
    currency: Currency
    mcc: Mcc = None
    counterparty: Annotated[str | None, fields.optional_text(fields.COUNTERPARTY_LIMIT)] = None
    channel: Annotated[str | None, fields.optional_text(fields.CHANNEL_LIMIT)] = None


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
    about: About | None = Field(
        default=None, description="The transaction itself; without it only the merchant named in `answers` is learned."
    )
    scope: ScopeName = Field(default=Scope.EVERYONE, description="Whose decisions it is meant to change.")
    account_id: OptionalIdentifier = Field(
        default=None,
        description="The account whose transaction it is; needed where the scope is `account`, and for its deletion.",
    )
    account_token: OptionalIdentifier = Field(
        default=None, description="What stands for the account in the learner's journal, which sets it; leave it out."
    )
    standing: StandingName = Field(default=Standing.REVIEWER, description="As what the actor speaks.")
    schema_version: SchemaVersion = "1"


def check_scope(correction: Correction) -> None:
    """Refuse a correction for one account that names none.

    Raises:
        ContractError: `missing` for `account_id`.
    """
    if correction.scope is Scope.ACCOUNT and correction.account_id is None:
        raise ContractError("missing", "account_id")
