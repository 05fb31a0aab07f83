"""Reads ``wrapping.toml``: what stands around a merchant, as data."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from models.contracts.data_files import (
    Category,
    Confidence,
    Expression,
    PartedTable,
    StrictTable,
    checked_expression,
    read_table,
    shipped,
)

Word = Annotated[str, StringConstraints(pattern=r"^[^\W_A-Z]+$")]
"""As a line's first word is looked up."""


class _Wrapper(StrictTable):
    """First words, and expressions of which one may follow: a statement's way to say that a card or debit was used."""

    words: tuple[Word, ...]
    then: tuple[str, ...]


class _Processors(StrictTable):
    """Marks of payment processors.

    Args:
        words: First words of `others`.
    """

    starred: tuple[Expression, ...]
    others: tuple[str, ...]
    words: tuple[Word, ...]


class _Field(StrictTable):
    """A field of a clearing house; the first group of the expression is the company."""

    token: str
    company: Expression


class _Tail(StrictTable):
    """What may follow the merchant and is not what the line is about.

    Args:
        tokens: Plain strings of which a line must hold one for the expression to be tried.
        then: Where the tail begins; it goes on to the end of the line.
    """

    tokens: Annotated[tuple[str, ...], Field(min_length=1)]
    then: str


class Till(StrictTable):
    """A till or checkout whose mark stands in front of a merchant, and what such merchants usually sell.

    Args:
        name: As evidence names it.
        marks: Expressions of the mark, without the star behind it.
        small: Whether that is so of small amounts only.
        usual: Category to share of its lines, as far as known: a judgement where it is not measured.
    """

    name: str
    marks: Annotated[tuple[Expression, ...], Field(min_length=1)]
    small: bool = False
    usual: Annotated[Mapping[Category, Confidence], Field(min_length=1)]


class _Wrapping(PartedTable):
    """``wrapping.toml``; ``{name}`` in `then` and `others` stands for a part.

    Args:
        no_subject: Words that name nobody: where a tail follows nothing else, the tail is the subject.
    """

    wrapper: tuple[_Wrapper, ...]
    processors: _Processors
    no_subject: tuple[Word, ...]
    till: tuple[Till, ...]
    tail: tuple[_Tail, ...]
    field: tuple[_Field, ...]

    @model_validator(mode="after")
    def _expressions_compile(self) -> Self:
        for wrapper in self.wrapper:
            for expression in wrapper.then:
                checked_expression(self.filled(expression))
        for expression in (*self.processors.others, *(tail.then for tail in self.tail)):
            checked_expression(self.filled(expression))
        return self


TABLES = read_table(_Wrapping, shipped("grammar") / "wrapping.toml")
