"""What audits found of the models in a store: `STORE/audits.jsonl`, one JSON object per audit, in their order.

A model may be promoted where an audit found it within its limits, and the last audit on no data found it beyond them.
"""

import json
from enum import StrEnum
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from models.artefacts.artefact import sha256
from models.errors import ArtefactError, UnauditedError

AUDITS = "audits.jsonl"

BIAS_REPORT = "bias_report"
"""Name of the files of the bias gate's report, without their endings."""

REPORTS = "reports"
"""Folder of an artefact that holds the reports of its training; no part of the model."""


class Outcome(StrEnum):
    """What a check, or a whole audit, ends with."""

    PASS = "pass"
    FAIL = "fail"
    NOT_MEASURED = "not_measured"
    """Too few rows, or none, to say either; never worded like a pass."""


WORDS = {Outcome.PASS: "passed", Outcome.FAIL: "failed", Outcome.NOT_MEASURED: "not measured"}
"""Outcomes for people."""


class AuditRecord(BaseModel):
    """One audit of one model.

    Args:
        at: When it was measured.
        audit: Its kind, as its report is named.
        data: What it was measured on; a later audit on the same data takes its place.
        report_sha256: Digest of the report's JSON.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: AwareDatetime
    version: str
    audit: str
    data: str
    outcome: Outcome
    report_sha256: str


def audits(store: Path) -> list[AuditRecord]:
    """All audits of a store's models, the oldest first. A line without its end is none.

    Raises:
        ArtefactError: A line is not an audit.
    """
    path = store / AUDITS
    if not path.is_file():
        return []
    found = []
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], start=1):
        try:
            found.append(AuditRecord.model_validate_json(line))
        except ValidationError as error:
            raise ArtefactError(f"{path}, line {number} is no audit; restore the file") from error
    return found


def require_audited(store: Path, version: str) -> None:
    """Refuse a model that no audit passed, or that one failed.

    Raises:
        UnauditedError: It may not be promoted.
        ArtefactError: The audits cannot be read.
    """
    last = {(each.audit, each.data): each for each in audits(store) if each.version == version}
    for each in last.values():
        if each.outcome is Outcome.FAIL:
            raise UnauditedError(f"model {version} failed {each.audit} on {each.data} at {each.at:%Y-%m-%d %H:%M}")
    if all(each.outcome is not Outcome.PASS for each in last.values()):
        why = "no audit could measure enough" if last else "no audit is recorded"
        how = f"evenhand audit bias --data FILE --labels COLUMN --record {store}"
        raise UnauditedError(f"model {version} has passed no audit: {why}; use `{how}`")


def record_of(audit: str, report: bytes) -> AuditRecord:
    """What a store keeps of a report.

    Args:
        audit: Name of the report's files.
        report: Its JSON.

    Raises:
        ArtefactError: It is no report.
    """
    try:
        said = json.loads(report)
        run = said["run"]
        return AuditRecord(
            at=run["at"],
            version=run["model_version"],
            audit=audit,
            data=run["data"],
            outcome=said["outcome"],
            report_sha256=sha256(report),
        )
    except (ValueError, KeyError, TypeError, ValidationError):
        raise ArtefactError(f"{audit}.json is no report of an audit: make it again") from None


def training_audit(artefact: Path, version: str, audit: str) -> AuditRecord | None:
    """The report that an artefact brings along from its training; None where it has none, or one of another version.

    Raises:
        ArtefactError: It is no report.
    """
    path = artefact / REPORTS / f"{audit}.json"
    if not path.is_file():
        return None
    found = record_of(audit, path.read_bytes())
    return found if found.version == version else None
