"""Writing the reports of audits."""

from pathlib import Path

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
    texts = {"html": document_html(document), "md": document_markdown(document), "json": json_text}
    paths = []
    for ending, text in texts.items():
        path = folder / f"{name}.{ending}"
        replace_file(path, text.encode())
        paths.append(path)
    return tuple(paths)
