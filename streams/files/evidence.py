"""Gathering what evidence is made of: tables at hand, reports of audits, a monitor's state, a store's history."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from models.artefacts.artefact import DEFAULT_MODEL, Manifest, sha256
from models.artefacts.csv_table import unpacked
from models.artefacts.store import history, is_artefact, is_store
from models.contracts.taxonomy import CATEGORIES
from models.errors import MALFORMED, DataError, FileError
from monitors.audits.evidence.facts import AuditReport, Facts, TableFacts, TableState
from monitors.audits.evidence.figures import AUDITS, figures
from monitors.audits.evidence.monitoring import monitors_data
from monitors.audits.evidence.pages import texts
from streams.settings.settings import Settings, is_loopback

DATA: Final = DEFAULT_MODEL.parent
"""Folder of the tables that come with the package."""

ENDINGS: Final = ("json", "html", "md")
"""Endings of a report's files; the first is needed."""

_CODES: Final = "mcc_category.csv"
"""Table that gives the category of a merchant category code."""


def tables_of(manifest: Manifest, folder: Path = DATA) -> list[TableFacts]:
    """The tables that a model names, each counted where the one at hand is the one trained on."""
    codes = _codes(folder)
    return [_table(folder, name, digest, codes) for name, digest in manifest.data.items()]


def _table(folder: Path, name: str, digest: str, codes: Mapping[str, str]) -> TableFacts:
    path = folder / name
    # The manifest is a file that others hand in: a name with a path in it must not lead out of the folder.
    if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
        return TableFacts(name, digest, TableState.MISSING)
    content = path.read_bytes()
    if sha256(content) != digest:
        return TableFacts(name, digest, TableState.DIFFERENT)
    try:
        categories = list(_categories(name, content, codes))
    except MALFORMED:
        return TableFacts(name, digest, TableState.SAME)
    known = {category: count for category, count in sorted(Counter(categories).items()) if category in CATEGORIES}
    # The map of codes is no example of anything.
    return TableFacts(name, digest, TableState.SAME, len(categories), {} if name == _CODES else known)


def _categories(name: str, content: bytes, codes: Mapping[str, str]) -> Iterable[str]:
    """The category of each row; empty where it has none."""
    if name.endswith(".json"):
        templates: Mapping[str, list[str]] = json.loads(content)["templates"]
        return [category for category, lines in templates.items() for _ in lines]
    rows = unpacked(content) if name.endswith(".gz") else csv.reader(io.StringIO(content.decode()))
    head = next(iter(rows))
    if "category" in head:
        place = head.index("category")
        return [row[place] for row in rows]
    place = head.index("mcc")
    return [codes.get(row[place], "") for row in rows]


def _codes(folder: Path) -> dict[str, str]:
    try:
        with (folder / _CODES).open(encoding="utf-8", newline="") as lines:
            return {row["mcc"]: row["category"] for row in csv.DictReader(lines)}
    except MALFORMED:
        return {}


def reports_in(folder: Path | None, model_version: str) -> tuple[dict[str, AuditReport], dict[str, bytes]]:
    """Reports of audits that a folder has.

    Args:
        folder: None: there are none.

    Returns:
        Reports by name, and the bytes of their files by file name.

    Raises:
        FileError: There is no such folder, or a file in it cannot be read.
        DataError: A report is no JSON, names no model, or is about another one.
    """
    reports: dict[str, AuditReport] = {}
    contents: dict[str, bytes] = {}
    if folder is None:
        return reports, contents
    if not folder.is_dir():
        raise FileError(f"--reports {folder} is no folder: name the one that the audits wrote to")
    for name, command in AUDITS.items():
        files = {
            path.name: _read(path) for path in (folder / f"{name}.{ending}" for ending in ENDINGS) if path.exists()
        }
        if not files:
            continue
        said = files.get(f"{name}.json")
        if said is None:
            raise DataError(
                f"{folder} has {', '.join(files)} and no {name}.json: write all with `{command} --output DIR`"
            )
        reports[name] = AuditReport(name, _about(said, folder / f"{name}.json", command, model_version), list(files))
        contents |= files
    return reports, contents


def _about(content: bytes, path: Path, command: str, model_version: str) -> Mapping[str, JsonValue]:
    try:
        data = json.loads(content)
        run = data.get("run", data)
        found = run.get("model_version", data.get("model_version"))
    except (ValueError, AttributeError):
        raise DataError(f"{path} is no report: write it with `{command} --output DIR`") from None
    if found != model_version:
        raise DataError(
            f"{path} is about model {found}, this evidence about {model_version}: run `{command}` with the same --model"
        )
    report: Mapping[str, JsonValue] = data
    return report


def monitors_in(path: Path | None) -> dict[str, JsonValue] | None:
    """What an exported file says of the monitors; None where there is no file.

    Raises:
        FileError: It cannot be read.
        DataError: It is neither a state nor alerts.
    """
    if path is None:
        return None
    try:
        return monitors_data(_read(path).decode(), path.name)
    except UnicodeDecodeError:
        raise DataError(f"{path} is no text in UTF-8") from None


def history_of(model: Path | None) -> list[dict[str, JsonValue]] | None:
    """Changes that were carried out in the store that a setting names; None where it names none.

    Raises:
        ArtefactError: The history cannot be read.
    """
    if model is None or is_artefact(model) or not is_store(model):
        return None
    return [entry.model_dump(mode="json") for entry in history(model)]


def shown_settings(settings: Settings) -> dict[str, JsonValue]:
    """Settings that privacy hangs on, in words that tell no secret and no address."""
    encrypted = settings.security_protocol in ("SSL", "SASL_SSL")
    near = all(is_loopback(host) for host in settings.bootstrap_hosts)
    return {
        "kafka": "TLS" if encrypted else "loopback without TLS" if near else "other machines without TLS",
        "web": "on loopback only" if is_loopback(settings.web_host) else "beyond loopback, with TLS and a token",
        "llm": "set up" if settings.llm_url else "not set up",
        "learn_secret": "set" if settings.learn_secret.get_secret_value() else "not set",
        "house_rules": "set up" if settings.house_rules else "not set up",
        "blind_share": settings.blind_share,
        "duplicate_window_hours": settings.duplicate_window_hours,
    }


def evidence_of(facts: Facts, reports: Mapping[str, bytes]) -> tuple[dict[str, bytes], dict[str, JsonValue]]:
    """File name to bytes of the evidence, and what the manifest says of the run.

    Args:
        reports: Files that are taken over, from `reports_in`.
    """
    run = figures(facts)["run"]
    assert isinstance(run, dict)
    return {**{name: text.encode() for name, text in texts(facts).items()}, **reports}, run


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from None
