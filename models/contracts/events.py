"""The events that enter and leave, as frozen pydantic contracts; their JSON Schemas are under `schemas/`."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import core_schema

from models.contracts import fields
from models.contracts.amount_bands import AmountBand as AmountBand
from models.contracts.amount_bands import amount_band as amount_band
from models.contracts.fields import DESCRIPTION_LIMIT as DESCRIPTION_LIMIT
from models.contracts.fields import clean_text as clean_text
from models.contracts.fields import currencies as currencies
from models.contracts.taxonomy import Category

SCHEMA_VERSION = "1"
"""Version of every event contract; a message that names another one is refused."""


class ConfidenceBand(StrEnum):
    """Confidence in words: below .60, from .60, from .90, from .98."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    VERY_HIGH = "VERY_HIGH"


class Reason(StrEnum):
    """Why a decision is what it is; a closed set, so that it can be counted."""

    ALL_AGREE = "all_methods_agree"
    MAJORITY = "two_or_more_methods_agree"
    ONE_ALONE = "one_method_alone"
    NO_VOTE = "no_method_voted"
    BELOW_THRESHOLD = "confidence_below_threshold"
    TIMESTAMP_AHEAD = "timestamp_ahead_of_clock"
    HOUSE_RULE = "house_rule"
    CORRECTED_FOR_ACCOUNT = "corrected_for_account"
    CORRECTED_BY_PEOPLE = "corrected_by_people"


# Events are frozen for everybody else. The slots themselves, since looking them up costs more than setting them.
_new: Final = object.__new__
_set_values, _set_given, _set_extra, _set_private = (
    vars(BaseModel)[slot].__set__
    for slot in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
)

_DIGITS = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"
_LIMIT = int(fields.AMOUNT_LIMIT)
_AMOUNT_STRING: dict[str, Any] = {"type": "string", "pattern": _DIGITS}
_AMOUNT_NUMBER: dict[str, Any] = {"type": "number", "exclusiveMinimum": -_LIMIT, "exclusiveMaximum": _LIMIT}
_MCC_STRING: dict[str, Any] = {"type": "string", "pattern": "^[0-9]{4}$"}

_IDENTIFIER: dict[str, Any] = {
    "type": "string",
    "minLength": 1,
    "maxLength": fields.IDENTIFIER_LIMIT,
    "pattern": r"\S",
}
Identifier = Annotated[str, fields.Reader(fields.read_identifier, _IDENTIFIER)]
OptionalIdentifier = Annotated[
    str | None,
    fields.Reader(
        fields.read_optional_identifier,
        {"anyOf": [_IDENTIFIER, {"type": "null"}]},
        written=fields.AS_IT_IS,
    ),
]
Description = Annotated[
    str,
    fields.Reader(
        fields.read_description,
        {"type": "string", "minLength": 1, "maxLength": DESCRIPTION_LIMIT, "pattern": r"\S"},
    ),
]
Amount = Annotated[
    Decimal,
    fields.Reader(
        fields.read_amount,
        {"anyOf": [_AMOUNT_NUMBER, _AMOUNT_STRING]},
        _AMOUNT_STRING,
        written=core_schema.to_string_ser_schema(),
    ),
]
Currency = Annotated[str, fields.Reader(fields.read_currency, {"type": "string", "pattern": "^[A-Z]{3}$"})]
Timestamp = Annotated[
    datetime,
    fields.Reader(
        fields.read_timestamp,
        {"type": "string", "format": "date-time"},
        written=core_schema.simple_ser_schema("datetime"),
    ),
]
Mcc = Annotated[
    str | None,
    fields.Reader(
        fields.read_mcc,
        {"anyOf": [_MCC_STRING, {"const": ""}, {"type": "null"}]},
        {"anyOf": [_MCC_STRING, {"type": "null"}]},
        written=fields.AS_IT_IS,
    ),
]
SchemaVersion = Annotated[
    Literal["1"],
    fields.Reader(fields.read_schema_version, {"enum": ["1", 1]}, {"const": "1", "type": "string"}),
]
Probability = Annotated[
    float,
    fields.Reader(
        fields.read_probability,
        {"type": "number", "minimum": 0, "maximum": 1},
        written=core_schema.simple_ser_schema("float"),
    ),
]
Uncertainty = Annotated[
    float,
    fields.Reader(fields.read_number, {"type": "number", "minimum": 0}, written=core_schema.simple_ser_schema("float")),
]
Count = Annotated[int, Field(strict=True, ge=0)]
NoteText = Annotated[str | None, fields.optional_text(fields.NOTE_LIMIT)]
MerchantText = Annotated[str | None, fields.optional_text(fields.MERCHANT_LIMIT)]
Text = Annotated[str, fields.Reader(fields.read_text, {"type": "string"})]
Flag = Annotated[bool, Field(strict=True)]
CategoryName = Annotated[Category, fields.Named()]
AmountBandName = Annotated[AmountBand, fields.Named()]
ConfidenceBandName = Annotated[ConfidenceBand, fields.Named()]
ReasonName = Annotated[Reason, fields.Named()]


class Event(BaseModel):
    """Base of all contracts: frozen, unknown fields dropped (`models.contracts.wire` counts them), nothing coerced."""

    # Unknown fields are let pass, so that producers may add one before every consumer knows it.
    model_config = ConfigDict(frozen=True, extra="ignore", validate_default=False, ser_json_inf_nan="null")

    ce_type: ClassVar[str]
    """CloudEvents type, which also seeds the event's derived id."""


E = TypeVar("E", bound=Event)


@cache
def _all_fields(contract: type[Event]) -> set[str]:
    return set(contract.model_fields)


def of_checked(contract: type[E], values: dict[str, Any]) -> E:
    """An event of values that were validated before, each under its own field; nothing is checked again.

    What `model_construct` does, at a fifth of its time: the hot path builds an event per transaction.

    Args:
        values: All fields, in the contract's order; the event keeps the dict.
    """
    event = _new(contract)
    _set_values(event, values)
    _set_given(event, _all_fields(contract))
    _set_extra(event, None)
    _set_private(event, None)
    return event


class Transaction(Event):
    """One card or account transaction, as the bank's bus delivers it."""

    ce_type: ClassVar[str] = "evenhand.transaction.v1"

    transaction_id: Identifier = Field(description="Unique for all time; repeats are recognised by it.")
    account_id: Identifier = Field(description="Opaque; keys the topic, so order per account is kept.")
    description: Description = Field(description="Statement text, up to 1,024 characters after NFKC.")
    amount: Amount = Field(description="Positive: money out. Negative: credit or refund. Up to six decimals.")
    currency: Currency = Field(description="ISO 4217 code that is in use.")
    timestamp: Timestamp = Field(description="RFC 3339 with zone; years 0002 to 9998.")
    mcc: Mcc = Field(default=None, description="ISO 18245 merchant category code; null or empty where there is none.")
    counterparty: Annotated[str | None, fields.optional_text(fields.COUNTERPARTY_LIMIT)] = Field(
        default=None, description="Who is on the other side, as the bank names it."
    )
    channel: Annotated[str | None, fields.optional_text(fields.CHANNEL_LIMIT)] = Field(
        default=None, description="How it was made, such as pos, online or atm."
    )
    schema_version: SchemaVersion = "1"


class Vote(Event):
    """What one method said, with the weight it had among those that voted."""

    method: Text
    category: CategoryName
    confidence: Probability
    weight: Probability
    evidence: Text


class Alternative(Event):
    """Another category that was considered."""

    category: CategoryName
    confidence: Probability


class Agreement(Event):
    """How many of the voting methods stand behind the decision."""

    agreeing: Count
    voting: Count


class Decision(Event):
    """What both outcomes have in common: whoever reads it can say what was decided, how surely and why."""

    transaction_id: Identifier
    account_id: Identifier
    merchant: MerchantText = Field(
        default=None, description="Who was paid, or paid, by name; null for private people and the bank's own business."
    )
    merchant_key: MerchantText = Field(
        default=None, description="The same for all lines of one merchant, to group by; null where there is no name."
    )
    via: MerchantText = Field(default=None, description="The platform in between, such as PayPal or DoorDash.")
    category: CategoryName
    confidence: Probability = Field(description="Probability of being right, as the policy sees it.")
    band: ConfidenceBandName
    requires_review: Flag
    uncertainty: Uncertainty = Field(description="(1 - confidence) + .3 (1 - agreeing/voting): review order.")
    votes: tuple[Vote, ...]
    agreement: Agreement
    reasons: tuple[ReasonName, ...]
    review_note: NoteText = Field(
        default=None, description="Why a person decides although the confidence is high, with figures; else null."
    )
    alternatives: tuple[Alternative, ...] = Field(description="Best first, without the category decided.")
    amount_band: AmountBandName
    decided_by: Literal["ensemble", "human"] = "ensemble"
    model_version: Text
    online_version: Text = Field(default="0", description="Of what people taught since training; 0 is nothing.")
    house_version: Text = Field(default="", description="Of the bank's own rules; empty where there are none.")
    taxonomy_version: Text
    policy: Text
    schema_version: SchemaVersion = "1"


class Categorized(Decision):
    """A sure decision, for ledgers."""

    ce_type: ClassVar[str] = "evenhand.categorized.v1"


class ReviewRequest(Decision):
    """A decision for people, with what a reviewer needs to see of the transaction.

    It is an unsure one; or, where it is `blind`, the copy of a sure one that was drawn at random. The decision drawn
    stands, and the copy asks what somebody says who was not shown it.
    """

    ce_type: ClassVar[str] = "evenhand.review-request.v1"

    description: Description
    amount: Amount
    currency: Currency
    timestamp: Timestamp
    mcc: Mcc = None
    counterparty: Annotated[str | None, fields.optional_text(fields.COUNTERPARTY_LIMIT)] = None
    channel: Annotated[str | None, fields.optional_text(fields.CHANNEL_LIMIT)] = None
    blind: Flag = Field(
        default=False, description="Do not show the reviewer what was decided; votes and alternatives are left out."
    )
    sampling_probability: Probability = Field(
        default=1.0, description="How likely it was that this decision came to a person; for `answers` of a correction."
    )
