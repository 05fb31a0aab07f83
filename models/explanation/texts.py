"""The words of explanations: one file, ``models/data/explanations.toml``, with a table for each language."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from models.contracts.data_files import StrictTable, read_table, shipped
from models.contracts.taxonomy import Category
from models.errors import ConfigurationError
from models.explanation.case import Certainty, Look
from models.explanation.grounds import Ground

TEXTS_FILE = "explanations.toml"


class Section(StrEnum):
    """The parts of an explanation, in their order."""

    DECIDED = "decided"
    WHY = "why"
    SURE = "sure"
    PERSON = "person"
    OPTIONS = "options"
    DATA = "data"
    RIGHTS = "rights"


class Label(StrEnum):
    """Facts of the payment."""

    LINE = "line"
    BUSINESS = "business"
    THROUGH = "through"
    PAID = "paid"
    RECEIVED = "received"
    DATE = "date"


class Standing(StrEnum):
    """How far a category stands."""

    SETTLED = "settled"
    PROVISIONAL = "provisional"
    UNKNOWN = "unknown"


class Besides(StrEnum):
    """What is said beside the grounds."""

    DISAGREEMENT = "disagreement"
    FUTURE_DATE = "future_date"


class Option(StrEnum):
    """What a customer can do."""

    CORRECT = "correct"
    PERSON = "person"


class Data(StrEnum):
    """What a decision is made of."""

    USED = "used"
    UNUSED = "unused"
    TEXT = "text"


class Right(StrEnum):
    """What the law says."""

    NO_CREDIT = "no_credit"
    INFORMATION = "information"
    DECISIONS = "decisions"
    SEPARATE = "separate"


def _complete(keys: type[StrEnum]) -> BeforeValidator:
    """Names what is missing and what is unknown, before each unknown key is held against the whole list."""

    def check(texts: object) -> object:
        if not isinstance(texts, Mapping):
            return texts
        missing = [key.value for key in keys if key not in texts]
        unknown = sorted(texts.keys() - {key.value for key in keys})
        faults = [
            f"{said} {', '.join(names)}"
            for said, names in (("has no words for", missing), ("does not know", unknown))
            if names
        ]
        if faults:
            raise ValueError(" and ".join(faults))
        return texts

    return BeforeValidator(check)


Words = Annotated[str, Field(min_length=1, pattern=r"^\S(.*\S)?$")]


class Dates(StrictTable):
    """How a day is written.

    Args:
        first_day: How the first of a month is, where ``{day}`` stands.
    """

    pattern: Words
    first_day: Words
    months: Annotated[tuple[Words, ...], Field(min_length=12, max_length=12)]


class Numbers(StrictTable):
    """How an amount is written.

    Args:
        group: Between groups of three digits.
    """

    decimal: str
    group: str
    money: Words


class Language(StrictTable):
    """All words of a language."""

    name: Words
    title: Words
    fact: Words
    contact: str
    dates: Dates
    numbers: Numbers
    labels: Annotated[Mapping[Label, Words], _complete(Label)]
    headings: Annotated[Mapping[Section, Words], _complete(Section)]
    decided: Annotated[Mapping[Standing, Words], _complete(Standing)]
    grounds: Annotated[Mapping[Ground, Words], _complete(Ground)]
    besides: Annotated[Mapping[Besides, Words], _complete(Besides)]
    certainty: Annotated[Mapping[Certainty, Words], _complete(Certainty)]
    person: Annotated[Mapping[Look, Words], _complete(Look)]
    options: Annotated[Mapping[Option, Words], _complete(Option)]
    data: Annotated[Mapping[Data, Words], _complete(Data)]
    rights: Annotated[Mapping[Right, Words], _complete(Right)]
    categories: Annotated[Mapping[Category, Words], _complete(Category)]

    @model_validator(mode="after")
    def _names_what_is_filled_in(self) -> Self:
        for key, text in flat(self.model_dump(mode="json")):
            wanted = _FILLED.get(key, _FILLED.get(key.partition(".")[0], frozenset()))
            if placeholders(text) != wanted:
                message = f"{key} must name {_listed(wanted)}, and names {_listed(placeholders(text))}"
                raise ValueError(message)
        return self


_FILLED: Mapping[str, frozenset[str]] = {
    "fact": frozenset(("label", "value")),
    "dates.pattern": frozenset(("day", "month", "year")),
    "numbers.money": frozenset(("number", "currency")),
    "decided": frozenset(("category",)),
    "grounds.named_word": frozenset(("word",)),
}
"""Key, or table, to what is filled in; nothing in all others."""

_BRACED = re.compile(r"\{([^}]*)\}?|\}")


def placeholders(text: str) -> frozenset[str]:
    """What a text names in braces.

    >>> sorted(placeholders("{number} {currency}"))
    ['currency', 'number']
    """
    return frozenset(found[1] or "" for found in _BRACED.finditer(text))


def flat(table: Mapping[str, Any], *, before: str = "") -> Iterator[tuple[str, str]]:
    """The texts of a table, each under the way to it: ``grounds.brand``."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from flat(value, before=f"{before}{key}.")
        elif isinstance(value, str):
            yield f"{before}{key}", value
        else:
            yield from ((f"{before}{key}.{place}", text) for place, text in enumerate(value, start=1))


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "nothing in braces"


class Texts(StrictTable):
    """The file: code of a language (ISO 639-1) to its words."""

    language: Annotated[Mapping[Annotated[str, Field(pattern="^[a-z]{2}(-[A-Z]{2})?$")], Language], Field(min_length=1)]

    @property
    def codes(self) -> tuple[str, ...]:
        """The languages, in the order of the file."""
        return tuple(self.language)

    def of(self, code: str) -> Language:
        """The words of a language.

        Raises:
            ConfigurationError: It is none of the file.
        """
        if code not in self.language:
            raise ConfigurationError(f"there are no words in {code!r}: {TEXTS_FILE} has {', '.join(self.codes)}")
        return self.language[code]


@cache
def shipped_texts() -> Texts:
    """The words as shipped, read once.

    Raises:
        FileError: The file breaks its form.
    """
    return read_texts(shipped(TEXTS_FILE))


def texts_of(file: Traversable | None) -> Texts:
    """The words of a bank's own file, or the shipped ones where it has none.

    Raises:
        FileError: As of `read_texts`.
    """
    return shipped_texts() if file is None else read_texts(file)


def read_texts(path: Traversable) -> Texts:
    """Words from a file.

    Raises:
        FileError: It is missing, or a language lacks a key or names in braces what is not filled in.
    """
    return read_table(Texts, path)
