"""Statements, what each rests on, and chapters made of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pydantic import JsonValue

from models.evaluation.reports.document import Document, Section, Verdict
from models.evaluation.reports.tables import TextTable

FIGURES: Final = "figures.json"
"""Name of the file with every figure of the run."""

NOT_MEASURED: Final = "not measured in this run"
"""Said of what the run had no figures for."""

_INDEX = re.compile(r"0|[1-9][0-9]*")


class SourceKind(StrEnum):
    """What can stand behind a statement."""

    FIGURE = "figure"
    """FILE#POINTER: a file of the evidence and a JSON pointer (RFC 6901) into it."""
    REPOSITORY = "repository"
    """A path of the project's repository at the version of the run; a test as PATH::FUNCTION."""
    PUBLICATION = "publication"
    """A text outside, with its date and how it was read."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a statement rests on.

    Args:
        place: As its kind says.
    """

    kind: SourceKind
    place: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that is said.

    Args:
        sources: At least one.
    """

    text: str
    sources: tuple[Source, ...]

    def __post_init__(self) -> None:
        """Refuse a statement that rests on nothing."""
        if not self.sources:
            raise ValueError(f"nothing stands behind: {self.text}")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a chapter.

    Args:
        about: What it is for, and what the reader has to do; not a claim about the model.
    """

    heading: str
    statements: Sequence[Statement] = ()
    about: Sequence[str] = ()
    tables: Sequence[TextTable] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """One document of the evidence.

    Args:
        name: File name without its ending.
        state: In a few words for the index: `measured`, `not measured in this run`, and the like.
    """

    name: str
    title: str
    about: str
    parts: Sequence[Part]
    state: str = "stated"
    verdict: Verdict | None = None

    @property
    def statements(self) -> list[Statement]:
        """All statements, in their order."""
        return [statement for part in self.parts for statement in part.statements]


def figure(pointer: str, file: str = FIGURES) -> Source:
    """A figure of the evidence.

    >>> figure("/model/trained_on").place
    'figures.json#/model/trained_on'
    """
    return Source(SourceKind.FIGURE, f"{file}#{pointer}")


def repository(path: str) -> Source:
    """A file, or a test, of the project."""
    return Source(SourceKind.REPOSITORY, path)


def publication(text: str) -> Source:
    """A text outside."""
    return Source(SourceKind.PUBLICATION, text)


def says(text: str, *sources: Source) -> Statement:
    """A statement with what it rests on."""
    return Statement(text, sources)


def token(name: str) -> str:
    """A name as a token of a JSON pointer.

    >>> token("knowledge/ae.csv")
    'knowledge~1ae.csv'
    """
    return name.replace("~", "~0").replace("/", "~1")


def resolved(data: JsonValue, pointer: str) -> JsonValue:
    """What a JSON pointer names (RFC 6901).

    Raises:
        KeyError: It names nothing.

    >>> resolved({"a": [{"b/c": 3}]}, "/a/0/b~1c")
    3
    """
    if pointer and not pointer.startswith("/"):
        raise KeyError(pointer)
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(data, Mapping) and name in data:
            data = data[name]
        elif isinstance(data, list) and _INDEX.fullmatch(name) and int(name) < len(data):
            data = data[int(name)]
        else:
            raise KeyError(pointer)
    return data


def document_of(chapter: Chapter, day: str) -> Document:
    """The chapter as a document: statements numbered by what they rest on, which is listed at its end.

    Args:
        day: Of the run.
    """
    numbers: dict[Source, int] = {}
    for statement in chapter.statements:
        for source in statement.sources:
            numbers.setdefault(source, len(numbers) + 1)
    sections = [
        Section(
            part.heading,
            paragraphs=part.about,
            items=[_numbered(statement, numbers) for statement in part.statements],
            tables=part.tables,
            notes=part.notes,
        )
        for part in chapter.parts
    ]
    if numbers:
        sections.append(_rests_on(numbers))
    return Document(
        title=chapter.title,
        sections=sections,
        paragraphs=[chapter.about, f"Evidence of {day}; what is in the folder: index.html."],
        verdict=chapter.verdict,
    )


def statements_data(chapters: Sequence[Chapter]) -> JsonValue:
    """All statements with their sources, as plain data."""
    return [
        {
            "chapter": chapter.name,
            "text": statement.text,
            "sources": [{"kind": source.kind.value, "place": source.place} for source in statement.sources],
        }
        for chapter in chapters
        for statement in chapter.statements
    ]


def _numbered(statement: Statement, numbers: Mapping[Source, int]) -> str:
    marks = ", ".join(str(numbers[source]) for source in statement.sources)
    return f"{statement.text} [{marks}]"


def _rests_on(numbers: Mapping[Source, int]) -> Section:
    rows = [(f"[{number}] {source.place}", source.kind.value) for source, number in numbers.items()]
    return Section(
        "What the statements rest on",
        tables=[TextTable("By number", ("place", "kind"), rows)],
        notes=[
            "figure: a file of this folder, behind # the JSON pointer into it. repository: a path of the project at the"
            " version of the run. publication: a text outside; its words were not checked by this program."
        ],
    )
