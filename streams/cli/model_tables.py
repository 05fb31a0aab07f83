"""Tables of `evenhand model` for a terminal."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from models.artefacts.artefact import Manifest
from models.decisions.inspection import Check
from models.statistics.counting import several
from models.statistics.histogram import median
from streams.cli.console import checks_table, stdout

METRICS = {"accuracy": "accuracy", "accepted_precision": "precision", "coverage": "coverage"}
"""Metrics that the list shows, each with its title: precision is that of accepted decisions."""


def list_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Models of `evenhand model list`, with a line of metrics for each group of transactions."""
    groups = list(dict.fromkeys(group for row in rows for group in _groups(row.get("metrics", {}))))
    caption = f"figures, line by line: {'; '.join(groups).replace('_', ' ')}" if groups else None
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, caption=caption, caption_justify="left")
    table.add_column("version", no_wrap=True)
    table.add_column("", overflow="fold")
    table.add_column("taxonomy", no_wrap=True)
    for title in (*METRICS.values(), "size"):
        table.add_column(title, justify="right", no_wrap=True)
    for row in rows:
        mark = Text(row["mark"] or "", style="green")
        if row["fault"]:
            table.add_row(Path(row["folder"]).name, Text.assemble(mark, " ", ("broken", "red")))
            continue
        figures = (_figures(row["metrics"], groups, name) for name in METRICS)
        table.add_row(row["model_version"], mark, row["taxonomy_version"], *figures, f"{row['bytes'] / 1e6:.1f} MB")
    return table


def _groups(metrics: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Groups of transactions that a manifest has these metrics of; what else it says of the model is shown with it."""
    return {
        group: values
        for group, values in metrics.items()
        if isinstance(values, dict) and METRICS.keys() & values.keys()
    }


def _figures(metrics: Mapping[str, Any], groups: Sequence[str], name: str) -> str:
    values = [_groups(metrics).get(group, {}).get(name) for group in groups]
    return "\n".join(f"{value:.3f}" if isinstance(value, float) else "-" for value in values)


def print_artefact(folder: Path, manifest: Manifest, sizes: Mapping[str, int | None]) -> None:
    """Everything that a manifest says, with the bytes of each file."""
    head = {
        "model": manifest.model_version,
        "folder": str(folder),
        "taxonomy": manifest.taxonomy_version,
        "format": str(manifest.format_version),
        "command": manifest.command or "-",
        "trained on": manifest.trained_on.isoformat() if manifest.trained_on else "-",
        "reference": _reference(manifest),
    }
    _print_table("", list(head.items()))
    shown = [(name, digest, _bytes(sizes[name])) for name, digest in manifest.files.items()]
    _print_table("files", shown)
    _print_table("data", list(manifest.data.items()))
    _print_table("settings", [(name, str(value)) for name, value in manifest.config.items()])
    for group, values in manifest.metrics.items():
        found = values if isinstance(values, dict) else {"": values}
        _print_table(group.replace("_", " "), [(name.replace("_", " "), str(value)) for name, value in found.items()])


def reference_summary(manifest: Manifest) -> dict[str, Any] | None:
    """Median and number of the confidences of the reference; None where there is none."""
    found = manifest.reference
    return None if found is None else {"median": round(median(found.confidence), 4), "rows": found.rows}


def _reference(manifest: Manifest) -> str:
    found = reference_summary(manifest)
    return f"median confidence {found['median']:.4f} of {several(found['rows'], 'transaction')}" if found else "-"


def _bytes(size: int | None) -> str:
    return "missing" if size is None else f"{size:,}"


def _print_table(title: str, rows: Sequence[tuple[str, ...]]) -> None:
    """A title and its rows, never folded, so that a digest can be copied; nothing where there are no rows.

    The first column names, a third one is a number.
    """
    if title and rows:
        stdout().print(f"\n{title}", markup=False)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:2], widths, strict=False)]
        cells += [cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True)]
        stdout().print("  ".join(cells).rstrip(), markup=False, soft_wrap=True)


def faults_table(checks: Sequence[Check]) -> Table:
    """Show each check with its fault."""
    table = checks_table()
    for check in checks:
        state = Text("broken", style="red") if check.fault else Text("ok", style="green")
        table.add_row(check.name, state, Text(check.fault))
    return table
