"""The report of `evenhand shadow`: as data for programs, as tables for a terminal."""

from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from models.statistics.counting import several
from models.statistics.shares import Share
from monitors.audits.shadow import Conclusion, Figure, Findings, Flips
from monitors.base.contract import Reading
from streams.cli.console import numbers
from streams.operate.shadow import Comparing

WORDS = {
    Conclusion.EVEN: "even: no group would wait longer, and no monitor would alarm that does not now",
    Conclusion.UNEVEN: "UNEVEN: look at these before you promote it",
    Conclusion.NOT_ENOUGH_DATA: "not enough data to tell",
}


def data(comparing: Comparing, found: Findings) -> dict[str, Any]:
    """The report, conclusion first."""
    return {
        "conclusion": found.conclusion.value,
        "reasons": list(found.reasons),
        "present": comparing.present.model_version,
        "candidate": comparing.candidate.model_version,
        "online_version": comparing.present.versions.online,
        "house_version": comparing.present.versions.house,
        "transactions": found.rows,
        "refused": comparing.refused,
        "repeated": comparing.repeated,
        "changed": _share(found.changed),
        "changed_unseen": _share(found.silently),
        "changes": [
            {"from": one.present, "to": one.candidate, "rows": one.rows, "unseen": one.sure} for one in found.changes
        ],
        "confidence": {"difference": found.confidence, "interval": found.confidence_interval},
        "review": [_flips(one) for one in found.flips],
        "monitors": [_figure(one) for one in found.figures],
    }


def _share(found: Share | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"rows": found.hits, "of": found.rows, "share": found.value, "interval": found.interval}


def _flips(one: Flips) -> dict[str, Any]:
    return {
        "group": one.kind,
        "name": one.name or None,
        "rows": one.rows,
        "present": one.present,
        "candidate": one.candidate,
        "newly_reviewed": one.newly_reviewed,
        "newly_accepted": one.newly_accepted,
        "difference": one.difference,
        "interval": one.interval,
        "p": one.p,
        "waits_longer": one.waits_longer,
    }


def _figure(one: Figure) -> dict[str, Any]:
    return {
        "monitor": one.present.monitor.value,
        "category": one.present.category,
        "group": one.present.group,
        "threshold": one.present.threshold,
        "present": _reading(one.present),
        "candidate": _reading(one.candidate),
        "alarms_anew": one.alarms_anew,
        "calmed": one.calmed,
    }


def _reading(one: Reading) -> dict[str, Any]:
    return {
        "state": one.state.value,
        "value": one.value,
        "interval": one.interval,
        "level": one.level,
        "counts": dict(one.counts),
    }


def show(report: dict[str, Any], console: Console) -> None:
    """Print the report; of groups and figures, those that differ."""
    console.print(WORDS[Conclusion(report["conclusion"])], style="bold")
    for reason in report["reasons"]:
        console.print(f"  {reason}", markup=False, soft_wrap=True)
    console.print(
        f"\n{report['candidate']} beside {report['present']} on {several(report['transactions'], 'transaction')}"
        f" ({report['refused']:,} refused, {report['repeated']:,} repeated)"
    )
    if not report["transactions"]:
        return
    for name, words in (("changed", "get another category"), ("changed_unseen", "of all, without a person looking")):
        found = report[name]
        low, high = found["interval"]
        console.print(f"{found['share']:8.2%} [{low:.2%}, {high:.2%}] {words} ({found['rows']:,})", markup=False)
    low, high = report["confidence"]["interval"]
    console.print(f"{report['confidence']['difference']:+8.4f} [{low:+.4f}, {high:+.4f}] confidence", markup=False)
    if report["changes"]:
        console.print(_changes(report))
    console.print(_review(report))
    if figures := [one for one in report["monitors"] if one["present"]["value"] != one["candidate"]["value"]]:
        console.print(_monitors(figures))


def _changes(report: dict[str, Any]) -> Table:
    table = Table("from", "to", *numbers("rows", "unseen"), box=box.SIMPLE_HEAD, pad_edge=False)
    for one in report["changes"]:
        table.add_row(one["from"], one["to"], f"{one['rows']:,}", f"{one['unseen']:,}")
    return table


def _review(report: dict[str, Any]) -> Table:
    columns = numbers("rows", "present", "candidate", "points, 95%", "p")
    table = Table("in review", *columns, box=box.SIMPLE_HEAD, pad_edge=False)
    for one in report["review"]:
        if one["group"] != "all" and not one["newly_reviewed"] + one["newly_accepted"]:
            continue
        counts = (f"{one[name]:,}" for name in ("rows", "present", "candidate"))
        difference, low, high = (100 * value for value in (one["difference"], *one["interval"]))
        chance = "<.001" if one["p"] < 0.001 else f"{one['p']:.3f}"
        style = "bold red" if one["waits_longer"] else ""
        points = f"{difference:+.1f} ({low:+.1f}, {high:+.1f})"
        table.add_row(one["name"] or "all", *counts, points, chance, style=style)
    return table


def _monitors(figures: list[dict[str, Any]]) -> Table:
    table = Table(
        "monitor", "about", *numbers("present, 99%", "candidate, 99%", "limit"), box=box.SIMPLE_HEAD, pad_edge=False
    )
    for one in figures:
        style = "bold red" if one["alarms_anew"] else "green" if one["calmed"] else ""
        about = " ".join(part for part in (one["category"], one["group"]) if part)
        values = (_value(one[side]) for side in ("present", "candidate"))
        table.add_row(one["monitor"], about, *values, f"{one['threshold']:.2f}", style=style)
    return table


def _value(reading: dict[str, Any]) -> str:
    if reading["value"] is None:
        return "-"
    interval = reading["interval"]
    between = f" ({interval[0]:.3f}, {interval[1]:.3f})" if interval else ""
    return f"{reading['value']:.3f}{between}"
