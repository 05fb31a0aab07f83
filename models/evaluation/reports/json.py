"""The report as JSON: the fields of its dataclasses by name, shares with their value, count and interval."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum

from pydantic import JsonValue

from models.contracts.taxonomy import TAXONOMY_VERSION
from models.evaluation.reports.report import Report
from models.statistics.shares import Share

DIGITS = 6
"""Digits kept of a figure."""

REFUSED = 1_000
"""Most refused rows that are listed by line; all are counted."""


def report_data(report: Report) -> dict[str, JsonValue]:
    """The report as plain data; equal reports give equal data."""
    counts = report.counts
    return {
        "run": plain(report.run),
        "taxonomy_version": TAXONOMY_VERSION,
        "decisions_per_cpu_second": plain(report.decisions_per_cpu_second),
        "rows": {
            "read": counts.rows,
            "scored": report.metrics.scores.accuracy.rows,
            "labelled": counts.labelled,
            "outside_dates": counts.outside,
            "unlabelled": counts.unlabelled,
            "unknown_label": counts.unknown.total(),
            "refused": len(counts.refused),
        },
        "unknown_labels": plain(dict(sorted(counts.unknown.items(), key=lambda item: (-item[1], item[0])))),
        "refused_by_reason": plain(Counter(each.reason for each in counts.refused)),
        "refused_rows": plain(tuple(counts.refused[:REFUSED])),
        "metrics": plain(report.metrics),
        "splits": plain(tuple(report.splits)),
    }


def json_text(report: Report) -> str:
    """The report as a JSON document."""
    return json.dumps(report_data(report), ensure_ascii=False, indent=2) + "\n"


def plain(value: object) -> JsonValue:
    """Turn a value of the report into one that JSON can hold.

    Raises:
        TypeError: It is of a kind that no report has.
    """
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Share):
        shared = {"value": value.value, "hits": value.hits, "rows": value.rows, "interval": value.interval}
        return {name: plain(each) for name, each in shared.items()}
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    raise TypeError(f"no report holds a {type(value).__name__}")
