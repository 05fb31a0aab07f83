"""The report as Markdown."""

import re
from collections.abc import Iterator

from models.evaluation.reports import notes, tables
from models.evaluation.reports.report import Report
from models.evaluation.reports.tables import TextTable
from models.evaluation.reports.wording import counted_by, gap_lines

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


def markdown_text(report: Report) -> str:
    """The report as a Markdown document."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"# Evaluation on {escaped(report.run.data)}"
    yield ""
    yield escaped(notes.what(report))
    yield ""
    yield f"```sh\n{report.run.command}\n```"
    yield ""
    head = TextTable("", ("figure", "value", "interval and count"), tables.headline(report))
    yield from _table(head, "## Summary")
    yield "## Gaps between groups"
    yield ""
    for table in report.metrics.parity:
        yield f"- By {table.by}, {counted_by(table)}: {escaped('; '.join(gap_lines(table)))}."
    yield ""
    yield notes.GAPS
    yield ""
    for table in report.metrics.parity:
        yield from _table(tables.parity(table))
    for split in report.splits:
        yield from _table(tables.split_table(split), f"## By {split.by}")
    yield from _table(tables.categories_table(report.metrics), "## Categories")
    yield f"{notes.CATEGORIES} {notes.PRECISION}"
    yield ""
    yield from _table(tables.reliability_table(report.metrics), "## Calibration")
    yield from _table(tables.coverage_table(report.metrics), "## Precision against coverage")
    yield from _table(tables.rows_table(report), "## Rows")
    for listed in (tables.unknown_table(report), tables.refused_table(report)):
        if listed:
            yield from _table(listed)


def table_lines(table: TextTable, heading: str = "") -> Iterator[str]:
    """The lines of a table under its heading, which is its caption where none is given."""
    yield heading or f"### {escaped(table.caption)}"
    yield ""
    yield f"| {' | '.join(map(escaped, table.head))} |"
    yield f"|{'---|' * len(table.head)}"
    for row in table.rows:
        yield f"| {' | '.join(map(escaped, row))} |"


def _table(table: TextTable, heading: str = "") -> Iterator[str]:
    yield from table_lines(table, heading)
    yield ""


def escaped(text: str) -> str:
    """Text without a meaning in Markdown or HTML; names such as food_dining stay readable as they are.

    >>> escaped("food_dining"), escaped("<b>|")
    ('food_dining', '\\\\<b\\\\>\\\\|')
    """
    plain = " ".join(text.split())
    return plain if re.fullmatch(r"[\w ,.:;%\[\]–()+-]*", plain) else _SPECIAL.sub(r"\\\1", plain)
