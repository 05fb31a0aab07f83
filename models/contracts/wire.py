"""The one parser of what arrives and the one writer of what leaves. It refuses rather than guesses.

JSON as the standard library reads it, minus what two parsers could read differently: duplicate keys, NaN and Infinity,
numbers without end, byte order marks, other encodings, bytes after the end. A refusal names a reason from a closed set
and, where there is one, the contract's field: never a key or value of the message, which may hold a card number.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from itertools import accumulate
from types import MappingProxyType
from typing import Any, Final, NoReturn, TypeVar, get_args

from pydantic import ValidationError

from models.contracts.events import Event, Transaction
from models.contracts.fields import NUMBER_LIMIT
from models.contracts.plain import plain_transaction
from models.errors import ContractError

SIZE_LIMIT: Final = 64 * 1024
"""Longest message in bytes; it is checked before anything is decoded."""

DEPTH_LIMIT: Final = 16
"""Deepest nesting of objects and arrays."""

_WHITE = " \t\n\r"
_NO_BRACKETS = re.compile(r'"(?:[^"\\]+|\\.?)*+"?|[^"{}\[\]]+', re.DOTALL)
_STEP = {"{": 1, "[": 1, "}": -1, "]": -1}

E = TypeVar("E", bound=Event)


class WireReason(StrEnum):
    """Reasons to refuse a message; a closed set, safe as a metric label and as a header."""

    TOO_LARGE = "too_large"
    EMPTY = "empty"
    BYTE_ORDER_MARK = "byte_order_mark"
    BAD_UTF8 = "bad_utf8"
    INVALID_JSON = "invalid_json"
    TRAILING_BYTES = "trailing_bytes"
    TOO_DEEP = "too_deep"
    DUPLICATE_KEY = "duplicate_key"
    NOT_FINITE = "not_finite"
    NUMBER_TOO_LONG = "number_too_long"
    NOT_AN_OBJECT = "not_an_object"
    MISSING = "missing"
    WRONG_TYPE = "wrong_type"
    TOO_LONG = "too_long"
    TOO_PRECISE = "too_precise"
    OUT_OF_RANGE = "out_of_range"
    BAD_FORMAT = "bad_format"
    BAD_UNICODE = "bad_unicode"
    NOT_RFC3339_WITH_ZONE = "not_rfc3339_with_zone"
    UNKNOWN_CURRENCY = "unknown_currency"
    UNKNOWN_SCHEMA_VERSION = "unknown_schema_version"
    UNKNOWN_VALUE = "unknown_value"
    REFUSED = "refused"
    """What pydantic refuses for a reason that the table does not know."""


REASONS: Final = frozenset(reason.value for reason in WireReason)
"""Every reason that `parse` gives."""

_PYDANTIC: Mapping[str, WireReason] = MappingProxyType(
    {
        "missing": WireReason.MISSING,
        "enum": WireReason.UNKNOWN_VALUE,
        "literal_error": WireReason.UNKNOWN_VALUE,
        "string_too_short": WireReason.EMPTY,
        "too_short": WireReason.EMPTY,
        "string_too_long": WireReason.TOO_LONG,
        "too_long": WireReason.TOO_LONG,
        "string_pattern_mismatch": WireReason.BAD_FORMAT,
        "string_unicode": WireReason.BAD_UNICODE,
        "finite_number": WireReason.NOT_FINITE,
        "greater_than": WireReason.OUT_OF_RANGE,
        "greater_than_equal": WireReason.OUT_OF_RANGE,
        "less_than": WireReason.OUT_OF_RANGE,
        "less_than_equal": WireReason.OUT_OF_RANGE,
        "int_parsing_size": WireReason.OUT_OF_RANGE,
        "bool_parsing": WireReason.WRONG_TYPE,
        "float_parsing": WireReason.WRONG_TYPE,
        "int_parsing": WireReason.WRONG_TYPE,
        "int_from_float": WireReason.WRONG_TYPE,
    }
)


_PLAIN: Mapping[type[Event], Callable[[bytes], tuple[Any, int] | None]] = MappingProxyType(
    {Transaction: plain_transaction}
)
"""Readers of plain messages, for contracts that come in numbers: what `parse` gives, or None for what they leave."""


def reason_of(error_type: str) -> WireReason:
    """The reason for an error type of pydantic, or of `models.contracts.fields`, which names its reasons itself.

    >>> reason_of("string_too_long").value, reason_of("tuple_type").value, reason_of("of_next_year").value
    ('too_long', 'wrong_type', 'refused')
    """
    if error_type in REASONS and error_type not in _PYDANTIC:
        return WireReason(error_type)
    return _PYDANTIC.get(error_type, WireReason.WRONG_TYPE if error_type.endswith("_type") else WireReason.REFUSED)


def parse(contract: type[E], raw: bytes) -> tuple[E, int]:
    """Read one message.

    Args:
        raw: The bytes as they came; a tombstone is `b""`.

    Returns:
        The event, and the number of unknown top-level fields that were dropped.

    Raises:
        ContractError: The message breaks the contract; nothing else is raised, whatever the bytes are.
    """
    # Before anything is decoded: a large message must not cost more than its length.
    plain = _PLAIN.get(contract) if len(raw) <= SIZE_LIMIT else None
    if plain is not None and (found := plain(raw)) is not None:
        return found
    try:
        return parse_strictly(contract, raw)
    except ContractError as error:
        reason, field = error.reason, error.field
    raise ContractError(reason, field)  # anew: the errors that led to it hold the message, and must not travel along


def parse_strictly(contract: type[E], raw: bytes) -> tuple[E, int]:
    """Read as `parse` does, every message by the strict parser."""
    if len(raw) > SIZE_LIMIT:
        raise ContractError(WireReason.TOO_LARGE.value)
    try:
        text = raw.decode().strip(_WHITE)
    except UnicodeDecodeError:
        raise ContractError(_encoding_fault(raw).value) from None
    # Counting brackets is quick and settles it for nearly every message; the exact depth is worked out for the others.
    if text.count("{") + text.count("[") > DEPTH_LIMIT and _depth(text) > DEPTH_LIMIT:
        raise ContractError(WireReason.TOO_DEEP.value)
    data = _decode(contract, text)
    if type(data) is not dict:
        raise ContractError(WireReason.NOT_AN_OBJECT.value)
    try:
        event = contract.__pydantic_validator__.validate_python(data)
    except ValidationError as error:
        raise _refusal(contract, error) from None
    return event, len(data) - len(event.__pydantic_fields_set__)


def dump(event: Event) -> bytes:
    """Write an event as compact UTF-8 JSON; decimals are strings, so that no reader rounds them."""
    return event.__pydantic_serializer__.to_json(event)


class _HookError(Exception):
    """Carries a finding of the decoder's hooks within this module; the second decoder leaves it where the value was."""

    def __init__(self, reason: WireReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def _integer(digits: str) -> int:
    if len(digits) > NUMBER_LIMIT:
        raise _HookError(WireReason.NUMBER_TOO_LONG)
    return int(digits)


def _decimal(digits: str) -> Decimal:
    if len(digits) > NUMBER_LIMIT:
        raise _HookError(WireReason.NUMBER_TOO_LONG)
    try:
        return Decimal(digits)
    except InvalidOperation:  # an exponent beyond what decimals can hold
        raise _HookError(WireReason.OUT_OF_RANGE) from None


def _constant(_name: str) -> NoReturn:
    raise _HookError(WireReason.NOT_FINITE)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _HookError(WireReason.DUPLICATE_KEY)
    return found


def _kept(hook: Any) -> Any:
    def keep(text: str) -> Any:
        try:
            return hook(text)
        except _HookError as fault:
            return fault

    return keep


def _marked(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        found[key] = _HookError(WireReason.DUPLICATE_KEY) if key in found else value
    return found


_STRICT = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_integer, parse_float=_decimal, parse_constant=_constant
)
_MARKING = json.JSONDecoder(
    object_pairs_hook=_marked,
    parse_int=_kept(_integer),
    parse_float=_kept(_decimal),
    parse_constant=_kept(_constant),
)


def _decode(contract: type[Event], text: str) -> Any:
    try:
        data, end = _STRICT.raw_decode(text)
    except _HookError:
        # Read a second time only where something is wrong: marking faults costs what most messages need not pay.
        raise _located(contract, text) from None
    except json.JSONDecodeError:
        raise ContractError(_syntax_fault(text).value) from None
    # Two parsers may disagree on what follows: one would read the first object, another the last.
    if end != len(text):
        raise ContractError(WireReason.TRAILING_BYTES.value)
    return data


def _encoding_fault(raw: bytes) -> WireReason:
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    return WireReason.BYTE_ORDER_MARK if marked else WireReason.BAD_UTF8


def _syntax_fault(text: str) -> WireReason:
    if not text:
        return WireReason.EMPTY
    return WireReason.BYTE_ORDER_MARK if text[0] == "\ufeff" else WireReason.INVALID_JSON


def _depth(text: str) -> int:
    """Deepest nesting, with strings left out; exact up to the first error in the syntax, where the decoder stops."""
    return max(accumulate(map(_STEP.__getitem__, _NO_BRACKETS.sub("", text))), default=0)


def _located(contract: type[Event], text: str) -> ContractError:
    """The fault that the decoder met, with the contract's field that it is in: read again, leaving marks."""
    try:
        data, _ = _MARKING.raw_decode(text)
    except json.JSONDecodeError:
        return ContractError(WireReason.INVALID_JSON.value)
    path, fault = next(_faults(data, ()))
    return ContractError(fault.reason.value, _named(contract, path))


def _faults(data: object, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], _HookError]]:
    if isinstance(data, _HookError):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _faults(value, (*path, key))
    elif isinstance(data, list):
        for value in data:
            yield from _faults(value, path)


def _refusal(contract: type[Event], error: ValidationError) -> ContractError:
    # Without the input, which may hold a card number.
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return ContractError(reason_of(first["type"]).value, _named(contract, first["loc"]))


def _named(contract: type[Event], path: tuple[str | int, ...]) -> str | None:
    """The contract's own name for a place in the message, as far as it has one."""
    known = field_names(contract)
    named = ""
    for step in path:
        if isinstance(step, int):
            continue
        longer = f"{named}.{step}" if named else step
        # A key of the message may look like a path; only the contract's own names may leave.
        if longer not in known or "." in step:
            break
        named = longer
    return named or None


@cache
def field_names(contract: type[Event]) -> frozenset[str]:
    """Every name that a refusal of this contract can carry: its fields, and their fields as dotted paths.

    >>> from models.contracts.events import Categorized
    >>> "votes.category" in field_names(Categorized)
    True
    """
    return frozenset(_paths(contract))


def _paths(contract: type[Event]) -> Iterator[str]:
    for name, field in contract.model_fields.items():
        yield name
        for nested in _contracts(field.annotation):
            yield from (f"{name}.{path}" for path in _paths(nested))


def _contracts(annotation: object) -> Iterator[type[Event]]:
    if isinstance(annotation, type) and issubclass(annotation, Event):
        yield annotation
    for argument in get_args(annotation):
        yield from _contracts(argument)
