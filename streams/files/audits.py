"""Writing the reports of audits, and noting them in a store."""

from pathlib import Path

from models.artefacts.audits import record_of
from models.evaluation.reports.document import Document, document_html, document_markdown
from streams.files.model_store import ModelStore
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


def publish_audit(
    name: str, document: Document, json_text: str, *, folder: Path | None, store: Path | None = None
) -> tuple[Path, ...]:
    """Note an audit in a store of models, and write its report; each where it is asked for.

    Args:
        name: Of the report's files, and of the audit.
        json_text: The report as JSON.

    Returns:
        The files.

    Raises:
        ArtefactError: The model is not in the store.
        FileError: The store or the files cannot be written.
    """
    if store:
        ModelStore(store).record(record_of(name, json_text.encode()))
    return write_audit(folder, name, document, json_text) if folder else ()
