"""The events that enter and leave, as frozen pydantic contracts. JSON Schemas of them are committed under `schemas/`."""

import re
import unicodedata
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Annotated, ClassVar, Literal

import pycountry
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from models.taxonomy import Category

SCHEMA_VERSION = "1"
"""Version of every event contract; a message that names another one is refused."""

DESCRIPTION_LIMIT = 1024
"""Longest description in characters, after NFKC."""

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class AmountBand(StrEnum):
    """Size of a transaction, |amount| in its own currency; parity is monitored between these."""

    UNDER_100 = "under_100"
    FROM_100_TO_1000 = "100_to_1000"
    OVER_1000 = "over_1000"


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


@cache
def currencies() -> frozenset[str]:
    """Codes of ISO 4217 that are in use."""
    return frozenset(currency.alpha_3 for currency in pycountry.currencies)


def _reason(reason: str) -> PydanticCustomError:
    return PydanticCustomError(reason, reason)  # type: ignore[arg-type]  # the reason is data here


def clean_text(text: str) -> str:
    """NFKC, without format characters (zero-width, bidi), control characters as spaces, white space collapsed.

    Raises:
        PydanticCustomError: `bad_unicode` for a lone surrogate.
    """
    if not (text.isascii() and text.isprintable()):
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise _reason("bad_unicode") from None
        text = unicodedata.normalize("NFKC", text)
        kept = (" " if category[0] in "CZ" else char for char in text if (category := unicodedata.category(char)) != "Cf")
        text = "".join(kept)
    return " ".join(text.split())


def _description(value: object) -> str:
    if not isinstance(value, str):
        raise _reason("wrong_type")
    text = clean_text(value)
    if not text:
        raise _reason("empty")
    if len(text) > DESCRIPTION_LIMIT:
        raise _reason("too_long")
    return text


def _identifier(value: str) -> str:
    if not value.isprintable():
        raise _reason("bad_unicode")
    return value


def _rfc3339(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise _reason("wrong_type")
    if not _RFC3339.fullmatch(value):
        raise _reason("not_rfc3339_with_zone")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise _reason("not_rfc3339_with_zone") from None


def _amount(value: object) -> object:
    if isinstance(value, bool | float):
        raise _reason("wrong_type")
    return value


def _mcc(value: object) -> object:
    return None if value == "" else value


def _currency(value: str) -> str:
    if value not in currencies():
        raise _reason("unknown_currency")
    return value


def _schema_version(value: object) -> object:
    return SCHEMA_VERSION if type(value) is int and value == 1 else value


def amount_band(amount: Decimal) -> AmountBand:
    """The band of |amount|: below 100, 100 to 1000, above 1000.

    >>> amount_band(Decimal("-99.99")).value
    'under_100'
    >>> amount_band(Decimal("1000")).value
    '100_to_1000'
    """
    size = abs(amount)
    if size < 100:
        return AmountBand.UNDER_100
    return AmountBand.FROM_100_TO_1000 if size <= 1000 else AmountBand.OVER_1000


Identifier = Annotated[str, Field(min_length=1, max_length=128, strict=True), AfterValidator(_identifier)]
Probability = Annotated[float, Field(ge=0, le=1)]


class Event(BaseModel):
    """Base of all contracts: frozen, unknown fields dropped (the codec counts them), no coercion surprises."""

    model_config = ConfigDict(frozen=True, extra="ignore", validate_default=False, ser_json_inf_nan="null")

    ce_type: ClassVar[str]
    """CloudEvents type, which also seeds the event's derived id."""


class Transaction(Event):
    """One card or account transaction, as the bank's bus delivers it."""

    ce_type: ClassVar[str] = "evenhand.transaction.v1"

    transaction_id: Identifier = Field(description="Unique for all time; repeats are recognised by it.")
    account_id: Identifier = Field(description="Opaque; keys the topic, so order per account is kept.")
    description: Annotated[str, BeforeValidator(_description), Field(max_length=DESCRIPTION_LIMIT)] = Field(
        description="Statement text, up to 1,024 characters after NFKC."
    )
    amount: Annotated[Decimal, BeforeValidator(_amount), Field(max_digits=18, decimal_places=6)] = Field(
        description="Positive: money out. Negative: credit or refund. A JSON number or a decimal string."
    )
    currency: Annotated[str, Field(strict=True, pattern=r"^[A-Z]{3}$"), AfterValidator(_currency)] = Field(
        description="ISO 4217 code."
    )
    timestamp: Annotated[AwareDatetime, BeforeValidator(_rfc3339)] = Field(description="RFC 3339 with zone.")
    mcc: Annotated[
        Annotated[str, Field(strict=True, pattern=r"^[0-9]{4}$")] | None,
        BeforeValidator(_mcc),
    ] = Field(default=None, description="ISO 18245 merchant category code; null or empty where there is none.")
    counterparty: Annotated[str, Field(strict=True, max_length=256), AfterValidator(clean_text)] | None = None
    channel: Annotated[str, Field(strict=True, max_length=64), AfterValidator(clean_text)] | None = None
    schema_version: Annotated[Literal["1"], BeforeValidator(_schema_version)] = "1"


class Vote(Event):
    """What one method said, with the weight it had among those that voted."""

    method: str
    category: Category
    confidence: Probability
    weight: Probability
    evidence: str


class Alternative(Event):
    """Another category that was considered."""

    category: Category
    confidence: Probability


class Agreement(Event):
    """How many of the voting methods stand behind the decision."""

    agreeing: Annotated[int, Field(ge=0)]
    voting: Annotated[int, Field(ge=0)]


class Decision(Event):
    """What both outcomes have in common: whoever reads it can say what was decided, how surely and why."""

    transaction_id: Identifier
    account_id: Identifier
    category: Category
    confidence: Annotated[float, Field(ge=0, le=1, description="Probability of being right, as the policy sees it.")]
    band: ConfidenceBand
    requires_review: bool
    uncertainty: Annotated[float, Field(ge=0, description="(1 - confidence) + .3 (1 - agreeing/voting): review order.")]
    votes: tuple[Vote, ...]
    agreement: Agreement
    reasons: tuple[Reason, ...]
    alternatives: tuple[Alternative, ...] = Field(description="Best first, without the category decided.")
    amount_band: AmountBand
    decided_by: Literal["ensemble", "human"] = "ensemble"
    model_version: str
    online_version: str = "0"
    taxonomy_version: str
    policy: str
    schema_version: Literal["1"] = "1"


class Categorized(Decision):
    """A sure decision, for ledgers."""

    ce_type: ClassVar[str] = "evenhand.categorized.v1"


class ReviewRequest(Decision):
    """An unsure decision, for people: with what a reviewer needs to see of the transaction."""

    ce_type: ClassVar[str] = "evenhand.review-request.v1"

    description: str
    amount: Decimal
    currency: str
    timestamp: AwareDatetime
    mcc: str | None = None

