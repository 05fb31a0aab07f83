"""What audits found of the models in a store: `STORE/audits.jsonl`, one JSON object per audit, in their order.

A model may be promoted where an audit found it within its limits, and the last audit on no data found it beyond them.
"""

from enum import StrEnum
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from models.errors import ArtefactError, UnauditedError

AUDITS = "audits.jsonl"

REPORTS = "reports"
"""Folder of an artefact that holds the reports of its training; no part of the model."""


class Outcome(StrEnum):
    """What a check, or a whole audit, ends with."""

    PASS = "pass"
    FAIL = "fail"
    NOT_MEASURED = "not_measured"
    """Too few rows, or none, to say either; never worded like a pass."""


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
