"""Reads single fields of the contracts: nothing is guessed, nothing is coerced, what is kept is canonical.

A reader takes what the decoder gives (str, int, Decimal, bool, None, list, dict) or the finished value, and returns the
value or raises a `PydanticCustomError` whose type is one of `models.contracts.wire.REASONS`. Reading is idempotent:
what was read, written and read again is the same.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pycountry
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

DESCRIPTION_LIMIT = 1024
"""Longest description in characters, after NFKC."""

IDENTIFIER_LIMIT = 128
"""Longest identifier in characters."""

COUNTERPARTY_LIMIT = 256
CHANNEL_LIMIT = 64
"""Longest texts beside the description, in characters, after NFKC."""

MERCHANT_LIMIT = 128
"""Longest name or key of a merchant in characters."""

NOTE_LIMIT = 300
"""Characters of a note for reviewers."""

NUMBER_LIMIT = 32
"""Longest number in characters, with sign, point and exponent."""

AMOUNT_LIMIT = Decimal(10**12)
"""Amounts stay below this on either side of zero, in units of their currency."""

_MICRO = Decimal("0.000001")
_CENT = Decimal("0.01")
_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_MCC = re.compile(r"[0-9]{4}")

JsonSchema = dict[str, Any]

AS_IT_IS = core_schema.simple_ser_schema("any")
"""Written by what the value is at the time: for fields that may be null."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Annotation that reads a field with one plain function, which is quicker than a chain of validators.

    Args:
        read: Returns the value or raises `PydanticCustomError`.
        emitted: JSON Schema of what is written; None where it is the same.
    """

    read: Callable[[object], object]
    accepted: Mapping[str, Any]
    emitted: Mapping[str, Any] | None = None
    written: core_schema.SerSchema = field(default_factory=lambda: core_schema.simple_ser_schema("str"))

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate with `read` alone."""
        return core_schema.no_info_plain_validator_function(self.read, serialization=self.written)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        """Say what is accepted, or emitted, in JSON Schema."""
        return dict(self.accepted if handler.mode == "validation" or self.emitted is None else self.emitted)


@dataclass(frozen=True, slots=True)
class Named:
    """Annotation that writes a string enumeration as the string that it is: pydantic alone asks each for its value."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate as pydantic does, write as a string."""
        return {**handler(source), "serialization": core_schema.simple_ser_schema("str")}

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        """Say in JSON Schema what pydantic says of the enumeration."""
        plain = {key: value for key, value in schema.items() if key != "serialization"}
        return handler(plain)


@cache
def currencies() -> frozenset[str]:
    """Codes of ISO 4217 that are in use."""
    return frozenset(currency.alpha_3 for currency in pycountry.currencies)


def fault(reason: str) -> PydanticCustomError:
    """The error for a reason of `models.contracts.wire.REASONS`; its text is the reason, never the value."""
    return PydanticCustomError(reason, reason)


SMALLEST_SAMPLING_PROBABILITY = 1e-5
"""Squares of weights, in thousandths, are added up in 64 bits: 900,000 labels of this probability still fit."""


def clean_text(text: str) -> str:
    """NFKC, without format characters (zero-width, bidi), control characters as spaces, white space collapsed.

    Format characters go first: they may stand between a letter and its accent. Cleaning twice is cleaning once.

    Raises:
        PydanticCustomError: `bad_unicode` for a lone surrogate.

    >>> clean_text("ＣＡＦ\\u200bE\\u0301\\tNo.\\u00a07")
    'CAFÉ No. 7'
    """
    # Most lines are; normal forms change nothing in them and are what costs the time.
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    if not text.isprintable():
        text = "".join(_printable(text))
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _printable(text: str) -> list[str]:
    kept = []
    for char in text:
        category = unicodedata.category(char)
        if category == "Cs":
            raise fault("bad_unicode")
        if category != "Cf":
            kept.append(" " if category[0] in "CZ" else char)
    return kept


def _text(value: object, limit: int) -> str:
    if not isinstance(value, str):
        raise fault("wrong_type")
    text = clean_text(value)
    if len(text) > limit:
        raise fault("too_long")
    return text


def read_description(value: object) -> str:
    """Statement text: cleaned, not empty, up to `DESCRIPTION_LIMIT` characters."""
    text = _text(value, DESCRIPTION_LIMIT)
    if not text:
        raise fault("empty")
    return text


def optional_text(limit: int) -> Reader:
    """Cleaned text of up to `limit` characters; null where there is none or nothing is left of it."""

    def read(value: object) -> str | None:
        return None if value is None else _text(value, limit) or None

    return Reader(read, {"anyOf": [{"type": "string", "maxLength": limit}, {"type": "null"}]}, written=AS_IT_IS)


def read_text(value: object) -> str:
    """Text of our own, kept as it is, as long as UTF-8 can hold it: pydantic alone would take a lone surrogate."""
    if not isinstance(value, str):
        raise fault("wrong_type")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise fault("bad_unicode") from None
    return value


def read_identifier(value: object) -> str:
    """An opaque identifier, kept as it is: printable, not blank, up to `IDENTIFIER_LIMIT` characters."""
    if not isinstance(value, str):
        raise fault("wrong_type")
    if not value or value.isspace():
        raise fault("empty")
    if len(value) > IDENTIFIER_LIMIT:
        raise fault("too_long")
    if not value.isprintable():
        raise fault("bad_unicode")
    return value


def read_optional_identifier(value: object) -> str | None:
    """An identifier, or None."""
    return None if value is None else read_identifier(value)


def read_amount(value: object) -> Decimal:
    """A decimal below `AMOUNT_LIMIT` with at most six decimals, as a JSON number or a plain decimal string.

    Binary floats are refused: whoever has one must say how it is rounded. Exponents are written out and the sign of
    zero is dropped, so that the same amount is always written in plain digits.
    """
    if type(value) is not Decimal:
        value = _decimal(value)
    if not value.is_finite():
        raise fault("not_finite")
    if not -AMOUNT_LIMIT < value < AMOUNT_LIMIT:
        raise fault("out_of_range")
    # Two decimals are the usual case, and need no rounding.
    if not value.same_quantum(_CENT):
        value = _plain(value)
    # -0 equals 0 and is written otherwise; the digest of a repeat would differ.
    return value if value else value.copy_abs()


def _decimal(value: object) -> Decimal:
    if isinstance(value, str):
        if not _AMOUNT.fullmatch(value):
            raise fault("bad_format")
        return Decimal(value)
    # `type`, not `isinstance`: a bool is an int to Python, and no amount.
    if type(value) is not int:
        raise fault("wrong_type")
    return Decimal(value)


def _plain(value: Decimal) -> Decimal:
    rounded = value.quantize(_MICRO)
    if rounded != value:
        raise fault("too_precise")
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -6:
        return rounded
    return value if exponent <= 0 else value.quantize(Decimal(1))


def read_timestamp(value: object) -> datetime:
    """A time with zone: RFC 3339, or an aware datetime. Fractions below a microsecond are cut.

    The first and the last year of the calendar are refused: they are what systems write for "none", and they cannot
    be moved to another zone.
    """
    if isinstance(value, str):
        value = _rfc3339(value.upper())
    elif not isinstance(value, datetime):
        raise fault("wrong_type")
    elif value.utcoffset() is None:
        raise fault("not_rfc3339_with_zone")
    if not 1 < value.year < 9999:
        raise fault("out_of_range")
    return value


def _rfc3339(value: str) -> datetime:
    if not _RFC3339.fullmatch(value):
        raise fault("not_rfc3339_with_zone")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise fault("not_rfc3339_with_zone") from None


def read_currency(value: object) -> str:
    """A code of ISO 4217 that is in use, in capitals."""
    if not isinstance(value, str):
        raise fault("wrong_type")
    if value not in currencies():
        raise fault("unknown_currency")
    return value


def read_mcc(value: object) -> str | None:
    """Four digits, or None for null and for the empty string."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise fault("wrong_type")
    if not _MCC.fullmatch(value):
        raise fault("bad_format")
    return value


def read_schema_version(value: object) -> str:
    """The one version there is, as "1" or 1."""
    if value == "1" or (type(value) is int and value == 1):
        return "1"
    raise fault("unknown_schema_version" if isinstance(value, str) or type(value) is int else "wrong_type")


def read_probability(value: object) -> float:
    """A number in [0, 1]; neither a bool nor a string."""
    # First: nearly all are, and NaN is not.
    if type(value) is float and 0 <= value <= 1:
        return value
    number = read_number(value)
    if number > 1:
        raise fault("out_of_range")
    return number


def read_sampling_probability(value: object) -> float:
    """A probability of at least `SMALLEST_SAMPLING_PROBABILITY`: one over it is a weight."""
    probability = read_probability(value)
    if probability < SMALLEST_SAMPLING_PROBABILITY:
        raise fault("out_of_range")
    return probability


def read_number(value: object) -> float:
    """A finite number from 0; neither a bool nor a string."""
    # A bool is an int to Python, and true is no probability.
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise fault("wrong_type")
    try:
        number = float(value)
    except OverflowError:
        raise fault("out_of_range") from None
    if math.isnan(number):
        raise fault("not_finite")
    if not 0 <= number < math.inf:
        raise fault("out_of_range")
    return number
