"""`evenhand audit probes`: what live probes would have found in a file, and in which lines."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from models.contracts.csv_rows import Refusal
from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from models.decisions.isolation import judge_each
from models.decisions.probing import Flip, Probe, Probes
from models.decisions.verdict import Finding
from models.statistics.keyed_sample import KeyedSample
from models.twins.live import Twin, Twins
from monitors.alerts.wording import TWIN_WORDS, share
from monitors.audits.checks import WORDS
from monitors.audits.probes import outcome_of, overall_of, probe_readings
from monitors.base.contract import Reading
from streams.categorizer.ensemble import ensemble_for, house_rules
from streams.cli.audit_tables import ENDINGS
from streams.cli.console import numbers, print_json, stdout
from streams.cli.inputs import JsonOption, ModelOption, RulesOption, file_progress, require_rows
from streams.files.transactions import TransactionFile
from streams.settings.settings import load_settings

BATCH = 1_000
"""Rows that are decided together."""

SHOWN = 20
"""Decisions that flip, as many as are shown."""

_FLIPS = frozenset(Flip) - {Flip.NOTHING, Flip.CONFIDENCE}


@dataclass(slots=True)
class Found:
    """What a file showed.

    Args:
        flipped: Transaction, twin, and what was different.
        deciding: Seconds for the decisions themselves.
        probing: Seconds for the twins and the decisions on them.
    """

    rows: int
    refused: int
    probes: list[Probe]
    flipped: list[tuple[Transaction, Twin, Probe]]
    deciding: float = 0.0
    probing: float = 0.0


def probes(
    source: Annotated[Path, typer.Option("--input", "-i", metavar="FILE", help="CSV or JSON Lines, also gzipped.")],
    sample: Annotated[
        float, typer.Option("--share", metavar="SHARE", min=0, max=1, help="Share of the rows that is probed.")
    ] = 1.0,
    show_lines: Annotated[
        bool, typer.Option("--show-lines", metavar="", help="Print the text of lines whose decision flips.")
    ] = False,
    model: ModelOption = None,
    rules: RulesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare decisions with those on twins that differ in one thing: a name, a town or an amount.

    What live probes do with a small share, on the rows of a file; it names the transactions whose decision flips. Exit
    code 0 within the limit of the monitor `probe_flips`, 1 beyond it, 4 where there are too few twins.

    Example: evenhand audit probes -i transactions.csv
    """
    settings = load_settings(model=model, house_rules=rules)
    ensemble = ensemble_for(settings, house=house_rules(settings))
    with TransactionFile(source) as rows, file_progress("probing", rows) as done:
        found = Found(0, 0, [], [])
        batch: list[Transaction] = []
        twins = Twins.shipped(settings.probe_seed)
        probing = Probes(KeyedSample(share=sample, seed=f"probe {settings.probe_seed}"), twins.of)
        for row in rows:
            if isinstance(row, Refusal):
                found.refused += 1
                continue
            batch.append(row.transaction)
            if len(batch) == BATCH:
                _probe(batch, ensemble, probing, twins, found)
                done(len(batch))
                batch = []
        _probe(batch, ensemble, probing, twins, found)
        done(len(batch))
    readings = probe_readings(found.probes, settings.rules)
    if as_json:
        print_json(_data(found, readings, ensemble, show_lines=show_lines))
    else:
        _show(found, readings, ensemble, show_lines=show_lines)
    require_rows(found.rows + found.refused, source)
    raise typer.Exit(int(ENDINGS[overall_of(readings)]))


def _probe(batch: Sequence[Transaction], ensemble: Ensemble, probing: Probes, twins: Twins, found: Found) -> None:
    started = time.perf_counter()
    outcomes = judge_each(ensemble, batch)
    decided_at = time.perf_counter()
    pairs = [
        (transaction, outcome.verdict)
        for transaction, outcome in zip(batch, outcomes, strict=True)
        if isinstance(outcome, Finding)
    ]
    probed = probing.of(pairs, ensemble)
    found.deciding += decided_at - started
    found.probing += time.perf_counter() - decided_at
    found.rows += len(batch)
    found.probes.extend(probed.values())
    for transaction, _ in pairs:
        probe = probed.get(transaction.transaction_id)
        # Made again, as the same transaction has the same twin: probes keep none.
        if probe and probe.flip in _FLIPS and (twin := twins.of(transaction)):
            found.flipped.append((transaction, twin, probe))


def _data(found: Found, readings: Sequence[Reading], ensemble: Ensemble, *, show_lines: bool) -> dict[str, Any]:
    return {
        "outcome": overall_of(readings).value,
        "rows": found.rows,
        "refused": found.refused,
        "model_version": ensemble.model_version,
        "microseconds": {
            "decision": _each(found.deciding, found.rows),
            "probe": _each(found.probing, len(found.probes)),
        },
        "attributes": [
            {
                "attribute": reading.group,
                "outcome": outcome_of(reading).value,
                "value": reading.value,
                "interval": reading.interval,
                "limit": reading.threshold,
                **reading.counts,
            }
            for reading in readings
        ],
        "flipped": [
            {"transaction_id": transaction.transaction_id, "attribute": twin.attribute.value, "flip": probe.flip.value}
            | (_texts(transaction, twin) if show_lines else {})
            for transaction, twin, probe in found.flipped
        ],
    }


def _texts(transaction: Transaction, twin: Twin) -> dict[str, str]:
    return {"line": _text(transaction), "twin": _text(twin.transaction)}


def _text(transaction: Transaction) -> str:
    named = f" ({transaction.counterparty})" if transaction.counterparty else ""
    return f"{transaction.description}{named}, {transaction.amount} {transaction.currency}"


def _each(seconds: float, count: int) -> float | None:
    return round(1e6 * seconds / count, 1) if count else None


def _show(found: Found, readings: Sequence[Reading], ensemble: Ensemble, *, show_lines: bool) -> None:
    console = stdout()
    table = Table(
        "outcome", "decisions of", *numbers("probes", "flips", "share", "99% interval", "limit"), box=box.SIMPLE_HEAD,
        pad_edge=False,
    )  # fmt: skip
    for reading in readings:
        table.add_row(
            WORDS[outcome_of(reading)],
            TWIN_WORDS[reading.group or ""],
            f"{reading.counts['probes']:,}",
            f"{reading.counts['flipped']:,}",
            "" if reading.value is None else share(reading.value),
            "" if reading.interval is None else " to ".join(map(share, reading.interval)),
            share(reading.threshold),
        )
    console.print(table)
    if found.flipped:
        console.print(_flipped(found, show_lines=show_lines))
        if len(found.flipped) > SHOWN:
            console.print(f"and {len(found.flipped) - SHOWN:,} more: --json lists all")
    costs = _each(found.deciding, found.rows), _each(found.probing, len(found.probes))
    console.print(f"model {ensemble.model_version}, {found.rows:,} rows, {found.refused:,} refused")
    if None not in costs:
        console.print(f"{costs[0]:,} us a decision, {costs[1]:,} us a probe, with its twin")


def _flipped(found: Found, *, show_lines: bool) -> Table:
    texts = ("line", "twin") if show_lines else ()
    table = Table("transaction", "differs in", "flips", *texts, box=box.SIMPLE_HEAD, pad_edge=False)
    for transaction, twin, probe in found.flipped[:SHOWN]:
        lines = _texts(transaction, twin).values() if show_lines else ()
        cells = (transaction.transaction_id, twin.attribute.value, probe.flip.value.replace("_", " "), *lines)
        table.add_row(*map(escape, cells))
    return table
