"""The report as one HTML page: its style and plots are in it, it loads nothing and runs no script."""

from collections.abc import Iterator
from html import escape

from models.evaluation.measures.gaps import Counted
from models.evaluation.page_style import STYLE
from models.evaluation.reports import notes, plots, tables
from models.evaluation.reports.report import Report
from models.evaluation.reports.tables import TextTable
from models.evaluation.reports.wording import counted_by, gap_lines

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def html_text(report: Report) -> str:
    """The report as an HTML document."""
    title = f"Evaluation on {report.run.data}"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>{escape(title)}</h1>
{chr(10).join(_sections(report))}
</main>
</body>
</html>
"""


def _sections(report: Report) -> Iterator[str]:
    metrics = report.metrics
    yield f"<p>{escape(notes.what(report))}</p>"
    yield f'<pre class="command">{escape(report.run.command)}</pre>'
    yield _figures(report)
    yield _section("Gaps between groups", _gaps(report), _parity_plots(report), _parity_tables(report))
    yield _section("How sure, and how right", _sureness(report))
    for split in report.splits:
        yield _section(f"By {split.by}", _table(tables.split_table(split)))
    yield _section("Categories", _category_plots(report), _table(tables.categories_table(metrics)))
    listed = [tables.rows_table(report), tables.unknown_table(report), tables.refused_table(report)]
    yield _section("Rows", *(_table(table) for table in listed if table))


def _section(heading: str, *parts: str) -> str:
    name = heading.lower().replace(" ", "-").replace(",", "")
    content = "\n".join(parts)
    return f'<section aria-labelledby="{name}">\n<h2 id="{name}">{escape(heading)}</h2>\n{content}\n</section>'


def _figures(report: Report) -> str:
    tiles = (
        f'<div><dt>{escape(name)}</dt><dd class="value">{escape(value)}</dd><dd class="rest">{escape(rest)}</dd></div>'
        for name, value, rest in tables.headline(report)
    )
    return f'<dl class="figures">{"".join(tiles)}</dl>'


def _gaps(report: Report) -> str:
    items = "".join(
        f"<li><strong>By {escape(table.by)}, {counted_by(table)}</strong>"
        f"{''.join(f'<span>{escape(line)}</span>' for line in gap_lines(table))}</li>"
        for table in report.metrics.parity
    )
    return f'<ul class="gaps">{items}</ul>\n<p class="note">{escape(notes.GAPS)}</p>'


def _parity_plots(report: Report) -> str:
    every = (table for table in report.metrics.parity if table.counted is Counted.TRANSACTIONS)
    chosen = [table for table in every if len(table.groups) > 1]
    figures = (
        _figure(plots.parity_plot(f"parity-{place}", table), f"Accuracy by {table.by}", notes.PARITY)
        for place, table in enumerate(chosen)
    )
    return f'<div class="plots">{"".join(figures)}</div>'


def _parity_tables(report: Report) -> str:
    return "\n".join(_table(tables.parity(table)) for table in report.metrics.parity)


def _sureness(report: Report) -> str:
    metrics = report.metrics
    diagram = plots.reliability_plot(metrics.reliability)
    curve = plots.coverage_plot(metrics.coverage, metrics.scores)
    return (
        f'<div class="plots">{_figure(diagram, "Reliability diagram", notes.RELIABILITY)}'
        f"{_figure(curve, 'Precision against coverage', notes.COVERAGE)}</div>\n"
        f"{_details(tables.reliability_table(metrics))}\n{_details(tables.coverage_table(metrics))}"
    )


def _category_plots(report: Report) -> str:
    recall = _figure(plots.recall_plot(report.metrics), "Recall by category", notes.CATEGORIES)
    precision = _figure(plots.precision_plot(report.metrics), "Precision by category", notes.PRECISION)
    return f'<div class="plots">{recall}{precision}</div>'


def _figure(svg: str, heading: str, caption: str) -> str:
    return f"<figure><h3>{escape(heading)}</h3>{svg}<figcaption>{escape(caption)}</figcaption></figure>"


def _details(table: TextTable) -> str:
    return f"<details><summary>{escape(table.caption)}, as a table</summary>{_table(table)}</details>"


def _table(table: TextTable) -> str:
    caption = escape(table.caption)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.head)
    rows = "\n".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in row[1:])}</tr>'
        for row in table.rows
    )
    return (
        f'<div class="scroll" role="region" aria-label="{caption}" tabindex="0"><table><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table></div>"
    )
