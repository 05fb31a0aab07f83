"""Promotes or adds in processes that die at every step in turn, and says what each of them leaves behind.

    python -m tests.harness.dying FOLDER

FOLDER has a store `store` with version A promoted and version B beside it, and an artefact `new`.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from models.artefacts.artefact import read_artefact
from models.artefacts.store import history, promoted, resolve, versions
from models.errors import ArtefactError
from streams.files.model_store import ModelStore
from tests.harness.models import unasked

NOON = datetime(2020, 11, 2, 12, tzinfo=UTC)
DIED = 9
EVENTS = frozenset(("open", "os.rename", "os.mkdir"))
"""Audit events of Python before each step that touches files."""


def verify(folder: Path) -> None:
    """Checksums are enough here."""
    read_artefact(folder)


def die_at(step: int, store: Path) -> None:
    """From now on, end this process like kill -9 just before its `step`-th touch of the store."""
    seen = count(1)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in EVENTS and str(arguments[0]).startswith(str(store)) and next(seen) == step:
            os._exit(DIED)

    sys.addaudithook(hook)


def attempt(work: Callable[[ModelStore], object], store: Path, step: int) -> bool:
    """Do the work in a process that dies at a step; whether it died."""
    child = os.fork()
    if child == 0:
        die_at(step, store)
        work(ModelStore(store, verify=verify, gate=unasked))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == DIED


def state(store: Path) -> dict[str, Any]:
    """What a worker and an operator see."""
    try:
        resolve(store)
        for version in versions(store):
            verify(store / version)
    except ArtefactError as error:
        return {"fault": str(error)}
    return {"promoted": promoted(store), "history": [entry.version for entry in history(store)]}


def outcomes(folder: Path, work: Callable[[ModelStore], object]) -> list[dict[str, Any]]:
    """For each step: what was left, and what doing the same again then gives."""
    found = []
    for step in count(1):
        store = folder / f"trial-{step}"
        shutil.copytree(folder / "store", store)
        if not attempt(work, store, step):
            return found
        left = state(store)
        work(ModelStore(store, verify=verify, gate=unasked))
        found.append({"left": left, "again": state(store), "versions": versions(store)})
        shutil.rmtree(store)
    raise AssertionError


def main() -> None:
    """The program; prints JSON."""
    folder = Path(sys.argv[1])
    work: dict[str, Callable[[ModelStore], object]] = {
        "promote": lambda store: store.promote(sys.argv[2], at=NOON),
        "add": lambda store: store.add(folder / "new"),
    }
    found = {}
    for name, action in work.items():
        found[name] = outcomes(folder, action)
        shutil.rmtree(folder / f"trial-{len(found[name]) + 1}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
