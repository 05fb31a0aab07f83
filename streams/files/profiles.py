"""Profiles from files: a schema that they are made by, CSV, or JSON Lines."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from models.errors import MALFORMED, EmptyFileError, FileError
from monitors.audits.anymodel.profiles import Profile, made_profiles
from monitors.audits.anymodel.schema import Cell, schema_of

ENDINGS = (".yml", ".yaml", ".csv", ".jsonl", ".ndjson")


def read_profiles(path: Path, *, seed: int | None = None) -> tuple[Profile, ...]:
    """Read or make profiles.

    Columns of a CSV whose every cell is a number are numbers; JSON keeps its own types.

    Args:
        seed: Instead of that of a schema; a file of profiles needs none.

    Raises:
        FileError: It cannot be read, or a profile has no value in a field.
        EmptyFileError: It has no profiles.
        DataError: Mimesis does not have what a schema asks for.
    """
    ending = path.suffix.casefold()
    if ending not in ENDINGS:
        raise FileError(f"{path} is no file of profiles: it ends with one of {', '.join(ENDINGS)}")
    try:
        text = path.read_text(encoding="utf-8-sig")
        if ending in (".yml", ".yaml"):
            return made_profiles(schema_of(yaml.safe_load(text), path.name), seed=seed)
        rows = _csv(text, path) if ending == ".csv" else tuple(_json_lines(text, path))
    except FileError:
        raise
    except (*MALFORMED, yaml.YAMLError) as error:
        raise FileError(f"{path} cannot be read as {ending[1:]} ({type(error).__name__})") from None
    if not rows:
        raise EmptyFileError(f"{path} has no profiles")
    return rows


def _csv(text: str, path: Path) -> tuple[Profile, ...]:
    reader = csv.DictReader(text.splitlines(), strict=True)
    rows = []
    for row in reader:
        if lacking := [str(name) for name, cell in row.items() if not isinstance(cell, str) or not cell.strip()]:
            raise FileError(f"{path}, line {reader.line_num}: no value, or one too many, at {', '.join(lacking)}")
        rows.append({name: cell.strip() for name, cell in row.items()})
    columns = {name: _typed([row[name] for row in rows]) for name in reader.fieldnames or ()}
    return tuple({name: columns[name][at] for name in columns} for at in range(len(rows)))


def _typed(cells: list[str]) -> list[Any]:
    for kind in (int, float):
        try:
            return [kind(cell) for cell in cells]
        except ValueError:
            continue
    return cells


def _json_lines(text: str, path: Path) -> Iterator[Mapping[str, Cell]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        found = json.loads(line)
        if not isinstance(found, dict):
            raise FileError(f"{path}, line {number}: a profile is an object of fields")
        if odd := [name for name, cell in found.items() if not isinstance(cell, str | bool | int | float)]:
            raise FileError(f"{path}, line {number}: no text, number, true or false at {', '.join(odd)}")
        yield found
