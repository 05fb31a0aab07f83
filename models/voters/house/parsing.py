"""From the cells of a file to rules, with every fault by line and field."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import TypeVar

from models.contracts.fields import AMOUNT_LIMIT, IDENTIFIER_LIMIT, MERCHANT_LIMIT, currencies
from models.contracts.taxonomy import CATEGORIES
from models.gazetteer.keys import key_tokens
from models.voters.house.rule import ANY_TAIL, HouseRule, Sign, spaced
from models.voters.house.sources import Entry, Fault, FaultKind

_T = TypeVar("_T")

NAME_LIMIT, WORDS_LIMIT = 64, 256
"""Characters of an id, and of what people write about a rule."""

_name = re.compile(r"[\w.:/-]+").fullmatch
_code = re.compile(r"(\d{4})(?:-(\d{4}))?").fullmatch
_CONDITIONS = ("text", "merchant", "amount_from", "amount_to", "sign", "mcc", "account", "currency")


class Parser:
    """Makes rules of entries; what is wrong is in `faults`, and an entry that has a fault gives no rule."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def rule(self, entry: Entry) -> HouseRule | None:
        """The rule of an entry."""
        before = len(self.faults)
        name = self._one(entry, "id", _read_name) or ""
        if not any(field in entry.cells for field in _CONDITIONS):
            self._fault(entry, None, f"it asks nothing: name at least one of {', '.join(_CONDITIONS)}")
        codes = frozenset(code for each in self._all(entry, "mcc", _read_codes) for code in each)
        accounts = self._all(entry, "account", _read_account)
        rule = HouseRule(
            name=name,
            category=self._one(entry, "category", _read_category) or "",
            phrases=tuple(dict.fromkeys(self._all(entry, "text", _read_phrase))),
            merchants=frozenset(self._all(entry, "merchant", _read_merchant)),
            amounts=(self._maybe(entry, "amount_from", _read_amount), self._maybe(entry, "amount_to", _read_amount)),
            sign=self._maybe(entry, "sign", _read_sign),
            codes=codes,
            accounts=frozenset(each for each in accounts if not each.endswith(ANY_TAIL)),
            groups=tuple(sorted({each[: -len(ANY_TAIL)] for each in accounts if each.endswith(ANY_TAIL)})),
            currencies=frozenset(self._all(entry, "currency", _read_currency)),
            starts=self._maybe(entry, "from", _read_day),
            ends=self._maybe(entry, "to", _read_day),
            who=self._one(entry, "who", _read_words) or "",
            why=self._one(entry, "why", _read_words) or "",
            line=entry.line,
        )
        self._check_ranges(entry, rule)
        return rule if len(self.faults) == before else None

    def _check_ranges(self, entry: Entry, rule: HouseRule) -> None:
        least, most = rule.amounts
        if least is not None and most is not None and least > most:
            self._fault(entry, "amount_to", f"it is below amount_from ({least}): no amount fits")
        if rule.starts and rule.ends and rule.starts > rule.ends:
            self._fault(entry, "to", f"it is before from ({rule.starts}): no day fits")

    def _one(self, entry: Entry, field: str, read: Callable[[str], _T]) -> _T | None:
        if field not in entry.cells:
            self._fault(entry, field, "it is missing: every rule has one")
            return None
        return self._maybe(entry, field, read)

    def _maybe(self, entry: Entry, field: str, read: Callable[[str], _T]) -> _T | None:
        return next(iter(self._all(entry, field, read)), None)

    def _all(self, entry: Entry, field: str, read: Callable[[str], _T]) -> Sequence[_T]:
        return list(self._read(entry, field, read))

    def _read(self, entry: Entry, field: str, read: Callable[[str], _T]) -> Iterator[_T]:
        for value in entry.cells.get(field, ()):
            try:
                yield read(value)
            except _UnfitError as error:
                self._fault(entry, field, str(error))

    def _fault(self, entry: Entry, field: str | None, said: str) -> None:
        line = entry.line_of(field) if field else entry.line
        self.faults.append(Fault(FaultKind.MALFORMED, line, field, said, next(iter(entry.cells.get("id", ())), None)))


class _UnfitError(ValueError):
    """A value cannot be used; says why, and what to do."""


def _read_name(value: str) -> str:
    if len(value) > NAME_LIMIT or not _name(value):
        raise _UnfitError(f"an id has letters, digits and . : / - _ only, {NAME_LIMIT} at most, such as R-12")
    return value


def _read_category(value: str) -> str:
    if value not in CATEGORIES:
        near = get_close_matches(value.lower(), CATEGORIES, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(CATEGORIES)}"
        raise _UnfitError(f"there is no such category; {hint}")
    return value


def _read_phrase(value: str) -> str:
    phrase = spaced(value)
    if not phrase.strip():
        raise _UnfitError("it has no letter or digit to look for")
    return phrase


def _read_merchant(value: str) -> str:
    # A key as decisions name it; a name as people write it becomes its key.
    key = value if value.casefold() == value and " " not in value else "".join(key_tokens(value))
    if not key or len(key) > MERCHANT_LIMIT:
        raise _UnfitError("it is no merchant's name or key; `merchant_key` of a decision is one")
    return key


def _read_amount(value: str) -> Decimal:
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise _UnfitError("it is no number; write 12.50, without a sign or a currency") from None
    if not amount.is_finite() or not 0 <= amount < AMOUNT_LIMIT:
        raise _UnfitError("it must be 0 or more: `sign` says which way money went")
    return amount


def _read_sign(value: str) -> Sign:
    try:
        return Sign(value.lower())
    except ValueError:
        raise _UnfitError(f"it must be one of {', '.join(Sign)}") from None


def _read_codes(value: str) -> tuple[str, ...]:
    found = _code(value)
    if not found:
        raise _UnfitError("a merchant category code has four digits; write 5812, or 3000-3299 for several")
    first, last = found[1], found[2] or found[1]
    if first > last:
        raise _UnfitError("the range ends before it begins")
    return tuple(f"{code:04}" for code in range(int(first), int(last) + 1))


def _read_account(value: str) -> str:
    bare = value.removesuffix(ANY_TAIL)
    if not bare or ANY_TAIL in bare or len(bare) > IDENTIFIER_LIMIT:
        raise _UnfitError(f"it is an account's id, or what ids begin with and a {ANY_TAIL} behind it, such as BIZ-*")
    return value


def _read_currency(value: str) -> str:
    if value.upper() not in currencies():
        raise _UnfitError("it is no code of ISO 4217 in use, such as CAD")
    return value.upper()


def _read_day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise _UnfitError("it is no day; write 2026-01-31") from None


def _read_words(value: str) -> str:
    if len(value) > WORDS_LIMIT:
        raise _UnfitError(f"it has more than {WORDS_LIMIT} characters")
    return value
