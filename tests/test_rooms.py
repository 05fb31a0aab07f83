"""The order of the rooms is enforced: an import that breaks a contract, and a room without a place, are refused."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("models", "monitors", "streams")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]

PLANTED: Mapping[str, tuple[str, str]] = {
    "streams -> monitors -> models": ("models/contracts/taxonomy.py", "import monitors.snapshot"),
    "models and monitors are free of Kafka, clocks, environment and network": ("monitors/counts/tally.py", "import os"),
    "rooms of streams": ("streams/lanes/lane.py", "import streams.categorizer.handler"),
    "trials do not lean on each other": ("streams/trials/demo/run.py", "import streams.trials.bench.rounds"),
    "what a message means is decided without a client": ("streams/messages/records.py", "import aiokafka"),
    "the worker does not carry what trains and evaluates": ("streams/monitor/lag.py", "import models.training.config"),
    "a worker looks up what was learned, and carries no learner": ("streams/categorizer/recall.py", "import river"),
    "rooms of monitors": ("monitors/counts/cells.py", "import monitors.catalogue.review"),
    "rooms of models": ("models/statements/places.py", "import models.voters.mcc"),
}
"""Contract to a module and an import that it forbids there."""

pytestmark = pytest.mark.slow


def lint(folder: Path) -> dict[str, str]:
    """Contract to KEPT or BROKEN, as import-linter says it of a copy; what it says beside that stands under ''."""
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        "--config",
        str(folder / "pyproject.toml"),
        "--no-cache",
    ]
    ran = subprocess.run(
        command, cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)}, capture_output=True, text=True, timeout=120
    )
    verdicts = re.findall(r"^(.+) (KEPT|BROKEN)$", ran.stdout, re.MULTILINE)
    return dict(verdicts) | {"": ran.stdout + ran.stderr}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The product's modules, without its data."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=_data)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _data(folder: str, names: list[str]) -> list[str]:
    """Tables of the models; `models/evaluation/data` is a room of modules."""
    return [name for name in names if name == "data" and Path(folder) == ROOT / "models"]


def test_every_contract_bites(copy: Path) -> None:
    """As it stands all are kept; with one planted import each, all are broken."""
    names = {contract["name"] for contract in CONTRACTS}
    assert names == PLANTED.keys()
    before = lint(copy)
    assert names == {name for name in names if before.get(name) == "KEPT"}, before[""]
    for module, line in PLANTED.values():
        path = copy / module
        path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    after = lint(copy)
    assert names == {name for name in names if after.get(name) == "BROKEN"}, after[""]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_new_room_must_be_given_its_place(copy: Path, package: str) -> None:
    """A folder that no layer names is refused, by name."""
    room = copy / package / "attic"
    room.mkdir()
    (room / "__init__.py").write_text('"""Nobody said where this belongs."""\n', encoding="utf-8")
    assert "attic" in lint(copy)[""]
