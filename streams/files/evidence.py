"""Gathering what evidence is made of: tables at hand, a monitor's history, a store's history."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from models.artefacts.artefact import DEFAULT_MODEL, Manifest, sha256
from models.artefacts.csv_table import unpacked
from models.artefacts.store import history, is_artefact, is_store
from models.contracts.taxonomy import CATEGORIES
from models.errors import MALFORMED, DataError, FileError
from models.evaluation.data.labelled_file import RowSelection
from monitors.audits.evidence.facts import AuditReport, Facts, TableFacts, TableState
from monitors.audits.evidence.figures import run_data
from monitors.audits.evidence.pages import texts
from streams.settings.settings import Settings, is_loopback

DATA: Final = DEFAULT_MODEL.parent
"""Folder of the tables that come with the package."""

_CODES: Final = "mcc_category.csv"
"""Table that gives the category of a merchant category code."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the audits are to measure.

    Args:
        data: Labelled CSV; None: no bias report.
        labels: Its column with the truth.
        label_map: Table from labels to categories; None where they are codes or categories.
        by: Columns whose groups are compared as well.
        limits: Limits file; None for the defaults.
        people: Of each origin and gender, whose names the counterfactual report tries; 0: no such report.
        command: What the reports name as the way to the same figures.
        at: What they say of when; timezone-aware.
    """

    data: Path | None
    labels: str | None
    label_map: Path | None
    by: tuple[str, ...]
    limits: Path | None
    people: int
    selection: RowSelection
    command: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Audit:
    """An audit of this run.

    Args:
        files: File name to bytes.
    """

    report: AuditReport
    files: Mapping[str, bytes]


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


def read_alerts(path: Path | None) -> tuple[str, str] | None:
    """The text and the name of an exported file of alerts; None where there is no file.

    Raises:
        FileError: It cannot be read.
        DataError: It is no text.
    """
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8"), path.name
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from None
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


def evidence_of(facts: Facts, audits: Iterable[Audit]) -> tuple[dict[str, bytes], dict[str, JsonValue]]:
    """File name to bytes of the evidence, and what the manifest says of the run.

    Args:
        audits: Those of the facts, with their files.
    """
    contents = {name: text.encode() for name, text in texts(facts).items()}
    for audit in audits:
        contents |= audit.files
    return contents, run_data(facts)
