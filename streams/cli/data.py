"""`evenhand data`: data sets to train and test on."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from models.errors import FileError
from models.statistics.counting import several
from models.training.balance.balance import BalanceConfig, By, summary, write
from models.training.balance.balance import balance as make
from models.training.balance.parts import Part
from streams.cli.console import numbers, print_json, stdout
from streams.cli.inputs import JsonOption

app = typer.Typer(help="Make data sets to train and test on.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Make data sets to train and test on."""


@app.command("balance")
def balance(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Gets the rows, as gzipped CSV.")],
    per_category: Annotated[
        int, typer.Option("--per-category", metavar="N", min=1, help="Rows of each of the 28 categories.")
    ] = 809,
    by: Annotated[By, typer.Option(help="Balance rows, or merchants with one row each.")] = By.ROW,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of all draws.")] = 0,
    part: Annotated[Part, typer.Option(help="Train and test share neither template nor brand.")] = Part.ALL,
    as_json: JsonOption = False,
) -> None:
    """Make a balanced set: exactly as many rows of each category.

    Real rows come first, the merchants taking turns; what is missing is generated and marked as such.
    """
    rows = make(BalanceConfig(per_category, by, part, seed))
    try:
        size = write(rows, output)
    except OSError as error:
        raise FileError(f"{output} cannot be written ({type(error).__name__}); name another file") from error
    counts = summary(rows)
    if as_json:
        print_json({"output": str(output), "rows": len(rows), "bytes": size, "categories": list(map(asdict, counts))})
        return
    table = Table("category", *numbers("real", "generated", "merchants"), box=None, pad_edge=False)
    for each in counts:
        table.add_row(each.category, f"{each.real:,}", f"{each.generated:,}", f"{each.merchants:,}")
    real = sum(each.real for each in counts)
    merchants = sum(each.merchants for each in counts)
    table.add_row("all", f"{real:,}", f"{len(rows) - real:,}", f"{merchants:,}")
    stdout().print(table)
    stdout().print(f"{several(len(rows), 'row')}: {output}", markup=False, soft_wrap=True)
