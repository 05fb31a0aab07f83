"""Audits that `evenhand evidence` runs; apart, since they load what evaluates, and `verify` need not wait for it."""

from datetime import datetime
from pathlib import Path

from models.evaluation.data.labelled_file import LabelledFile, RowSelection
from models.evaluation.data.labels import labels_for
from monitors.audits.bias.limits import BiasLimits
from monitors.audits.bias.report import NAME, bias_data, bias_document, bias_json
from monitors.audits.evidence.facts import AuditReport
from monitors.audits.limits import read_limits
from streams.cli.audit_bias import Audited, audited, say_refused
from streams.files.audits import report_files
from streams.files.evidence import Audit
from streams.settings.settings import Settings


def bias_audit(
    settings: Settings,
    data: Path,
    labels: str,
    selection: RowSelection,
    *,
    label_map: Path | None = None,
    by: list[str] | None = None,
    limits: Path | None = None,
    command: str,
    at: datetime,
) -> Audit:
    """The bias report; options are those of `evenhand audit bias`.

    Args:
        command: What the report names as the way to the same figures.
        at: What it says of when; timezone-aware.
    """
    columns = tuple(dict.fromkeys(name.casefold() for name in by or ()))
    held = read_limits(limits, "bias", BiasLimits)
    rows = LabelledFile(data, labels, labels_for(labels, label_map), selection, groups=columns)
    truth = f"column {labels}{f' through {label_map.name}' if label_map else ''}"
    named = Audited(command, data.name, truth, limits.name if limits else "")
    run, findings = audited(rows, settings, held, named, columns=columns, seed=selection.seed, at=at)
    say_refused(rows)
    files = report_files(NAME, bias_document(run, findings), bias_json(run, findings))
    return Audit(AuditReport(NAME, bias_data(run, findings), list(files)), files)
