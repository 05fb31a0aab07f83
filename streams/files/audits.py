"""Writing the reports of audits, and what a store keeps of them."""

import json
from pathlib import Path

from pydantic import ValidationError

from models.artefacts.artefact import sha256
from models.artefacts.audits import REPORTS, AuditRecord
from models.errors import ArtefactError
from models.evaluation.reports.document import Document, document_html, document_markdown
from streams.local.atomic import replace_file


def write_audit(folder: Path, name: str, document: Document, json_text: str) -> tuple[Path, ...]:
    """Write a report as NAME.html, NAME.md and NAME.json; each file is replaced when the new one is whole.

    Args:
        folder: From `streams.files.evaluate.make_folder`.
        json_text: The same figures as JSON.

    Returns:
        The files.

    Raises:
        FileError: They cannot be written.
    """
    paths = []
    for file, content in report_files(name, document, json_text).items():
        path = folder / file
        replace_file(path, content)
        paths.append(path)
    return tuple(paths)


def report_files(name: str, document: Document, json_text: str) -> dict[str, bytes]:
    """The files of a report: file name to bytes; arguments are those of `write_audit`."""
    texts = {"html": document_html(document), "md": document_markdown(document), "json": json_text}
    return {f"{name}.{ending}": text.encode() for ending, text in texts.items()}


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
