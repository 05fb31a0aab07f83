"""The report as one HTML page: its style and plots are in it, it loads nothing and runs no script."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from models.evaluation.measures.gaps import CountUnit
from models.evaluation.reports import notes, plots, tables
from models.evaluation.reports.report import Report
from models.evaluation.reports.wording import counted_by, gap_lines


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot between its heading and what explains it; the drawing has escaped its own words."""

    heading: str
    drawing: Markup
    caption: str


def html_text(report: Report) -> str:
    """The report as an HTML document."""
    metrics = report.metrics
    listed = (tables.rows_table(report), tables.unknown_table(report), tables.refused_table(report))
    return page(
        "report.html.j2",
        title=f"Evaluation on {report.run.data}",
        what=notes.what(report),
        command=report.run.command,
        headline=tables.headline(report),
        gaps=[(f"By {table.by}, {counted_by(table)}", gap_lines(table)) for table in metrics.parity],
        gaps_note=notes.GAPS,
        parity_plots=_parity_plots(report),
        parity_tables=[tables.parity(table) for table in metrics.parity],
        sureness_plots=[
            Plot("Reliability diagram", Markup(plots.reliability_plot(metrics.reliability)), notes.RELIABILITY),
            Plot(
                "Precision against coverage",
                Markup(plots.coverage_plot(metrics.coverage, metrics.scores)),
                notes.COVERAGE,
            ),
        ],
        sureness_tables=[tables.reliability_table(metrics), tables.coverage_table(metrics)],
        splits=[(f"By {split.by}", tables.split_table(split)) for split in report.splits],
        category_plots=[
            Plot("Recall by category", Markup(plots.recall_plot(metrics)), notes.CATEGORIES),
            Plot("Precision by category", Markup(plots.precision_plot(metrics)), notes.PRECISION),
        ],
        categories=tables.categories_table(metrics),
        rows=[table for table in listed if table],
    )


def _parity_plots(report: Report) -> list[Plot]:
    every = (table for table in report.metrics.parity if table.counted is CountUnit.TRANSACTIONS)
    chosen = [table for table in every if len(table.groups) > 1]
    return [
        Plot(f"Accuracy by {table.by}", Markup(plots.parity_plot(f"parity-{place}", table)), notes.PARITY)
        for place, table in enumerate(chosen)
    ]


def _resource(name: str) -> str:
    return files("models.evaluation.reports").joinpath(name).read_text(encoding="utf-8")


def page(template: str, **values: object) -> str:
    """A page of one of the templates here, with the style in it.

    Args:
        values: What the template names.
    """
    return _templates().get_template(template).render(style=Markup(_resource("report.css")), **values)


@cache
def _templates() -> Environment:
    # A name that a template misspells is an error, not an empty place in the page.
    return Environment(
        loader=FunctionLoader(_resource),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
