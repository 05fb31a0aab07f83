"""The texts of the evidence by file name."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from markupsafe import Markup, escape

from models.evaluation.reports.document import Document, document_html, document_markdown
from models.evaluation.reports.tables import TextTable
from models.evaluation.reports.wording import NONE
from monitors.audits.evidence.audited import audits
from monitors.audits.evidence.data_sheet import data_sheet
from monitors.audits.evidence.explanation import explanation
from monitors.audits.evidence.facts import Facts
from monitors.audits.evidence.figures import figures, with_statements
from monitors.audits.evidence.happened import changes, monitoring
from monitors.audits.evidence.index import index
from monitors.audits.evidence.memo import classification
from monitors.audits.evidence.methods import methods
from monitors.audits.evidence.model_card import model_card
from monitors.audits.evidence.privacy import privacy
from monitors.audits.evidence.statements import FIGURES, Chapter, document_of

CHAPTERS: Final = (
    model_card,
    data_sheet,
    audits,
    classification,
    methods,
    explanation,
    privacy,
    monitoring,
    changes,
)
"""What makes the chapters, in the order of the index."""

_FILE = re.compile(r"\b[a-z_]+\.(?:html|md|json)\b")
_CODE = re.compile(r"`([^`]+)`")
_FIGURE = re.compile(rf"-?[0-9][0-9.,]*%?|{NONE}")
"""A cell that stands to the right; a column with any other is words."""


def chapters(facts: Facts) -> list[Chapter]:
    """All chapters."""
    return [chapter(facts) for chapter in CHAPTERS]


def texts(facts: Facts) -> dict[str, str]:
    """Text by file name, without the manifest and the reports that are taken over; equal facts give equal texts."""
    made = chapters(facts)
    documents = {chapter.name: document_of(chapter, facts.run.day.isoformat()) for chapter in made}
    documents["index"] = index(facts, made)
    reports = {file for report in facts.reports.values() for file in report.files}
    files = {f"{name}.html" for name in documents} | {FIGURES, "manifest.json"} | reports
    found = {FIGURES: _json(with_statements(figures(facts), made))}
    for name, document in documents.items():
        found[f"{name}.html"] = document_html(_for_page(document, files))
        found[f"{name}.md"] = document_markdown(document)
    return dict(sorted(found.items()))


def _json(data: Mapping[str, object]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _for_page(document: Document, files: Collection[str]) -> Document:
    """The document with links to the files of the folder, commands set apart, and columns of words set like text."""

    def prose(texts: Sequence[str]) -> list[str]:
        return [_marked(text, files) for text in texts]

    sections = [
        replace(
            section,
            paragraphs=prose(section.paragraphs),
            items=prose(section.items),
            tables=[_table(table, files) for table in section.tables],
            notes=prose(section.notes),
        )
        for section in document.sections
    ]
    return replace(document, paragraphs=prose(document.paragraphs), sections=sections)


def _table(table: TextTable, files: Collection[str]) -> TextTable:
    words = [any(not _FIGURE.fullmatch(row[place]) for row in table.rows) for place in range(len(table.head))]

    def cells(row: Sequence[str]) -> tuple[Markup, ...]:
        marked = [_marked(cell, files) for cell in row]
        return tuple(
            Markup('<span class="words">{}</span>').format(cell) if text else cell
            for cell, text in zip(marked, words, strict=True)
        )

    return replace(table, head=cells(table.head), rows=[cells(row) for row in table.rows])


def _marked(text: str, files: Collection[str]) -> Markup:
    def linked(name: re.Match[str]) -> str:
        return f'<a href="{name[0]}">{name[0]}</a>' if name[0] in files else name[0]

    return Markup(_CODE.sub(r"<code>\1</code>", _FILE.sub(linked, str(escape(text)))))
