"""A report of sections, for every audit: one content, written as a page that loads nothing and as Markdown.

What is measured is written as JSON by `models.evaluation.reports.json.plain`; the words and tables here are made of
the same figures.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from markupsafe import Markup

from models.evaluation.reports.html import Plot, page
from models.evaluation.reports.markdown import escaped, table_lines
from models.evaluation.reports.tables import TextTable

HEAD: Final = ("figure", "value", "interval and count")
"""Names of the columns of a headline, where it is a table."""


class Tone(StrEnum):
    """How a verdict is to be taken; its word says the same, so that nothing hangs on a colour."""

    GOOD = "good"
    BAD = "bad"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What stands first.

    Args:
        word: Such as `Failed.`
        text: What it rests on, in a sentence.
    """

    tone: Tone
    word: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document under its heading, in this order.

    Args:
        items: A list, one line each.
        plots: Of the page only; their figures stand in a table as well.
        folded: Tables that are opened on demand on screen.
        notes: What a reader must know of the tables.
    """

    heading: str
    paragraphs: Sequence[str] = ()
    items: Sequence[str] = ()
    plots: Sequence[Plot] = ()
    tables: Sequence[TextTable] = ()
    folded: Sequence[TextTable] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A report.

    Args:
        paragraphs: What this is: model, data, day.
        command: Gives the same figures again; empty where there is none.
        headline: Figures that stand first: name, value, and the rest of what is to be known of it.
        language: BCP 47.
    """

    title: str
    sections: Sequence[Section]
    paragraphs: Sequence[str] = ()
    verdict: Verdict | None = None
    command: str = ""
    headline: Sequence[tuple[str, str, str]] = ()
    language: str = "en"


def document_html(document: Document) -> str:
    """The document as an HTML page."""
    return page("document.html.j2", document=document)


def document_markdown(document: Document) -> str:
    """The document as Markdown."""
    return "\n".join(_lines(document)).rstrip() + "\n"


def _lines(document: Document) -> Iterator[str]:
    yield from (f"# {escaped(document.title)}", "")
    if document.verdict:
        yield from (f"**{escaped(document.verdict.word)}** {escaped(document.verdict.text)}", "")
    for paragraph in document.paragraphs:
        yield from (escaped(paragraph), "")
    if document.command:
        yield from ("```sh", document.command, "```", "")
    if document.headline:
        yield from (*table_lines(TextTable("", HEAD, document.headline), "## Summary"), "")
    for section in document.sections:
        yield from (f"## {escaped(section.heading)}", "")
        for paragraph in section.paragraphs:
            yield from (escaped(paragraph), "")
        if section.items:
            yield from (*(f"- {escaped(item)}" for item in section.items), "")
        for table in (*section.tables, *section.folded):
            yield from (*table_lines(table), "")
        for note in section.notes:
            yield from (escaped(note), "")


def drawn(heading: str, drawing: str, caption: str) -> Plot:
    """A plot of `models.evaluation.reports.svg`, which has escaped its own words."""
    return Plot(heading, Markup(drawing), caption)
