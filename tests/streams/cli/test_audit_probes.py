"""`evenhand audit probes`: twins of the rows of a file, those that flip by name, and no text unless asked for."""

import json
from pathlib import Path

from streams.cli.exits import ExitCode
from tests.streams.cli.conftest import Program

HEADER = "transaction_id,description,amount,currency,timestamp,mcc"
SECRET = "FASTER PAYMENT TO ADEBAYO OKONKWO"


def write(path: Path, count: int) -> Path:
    """Transfers to one person."""
    rows = [f"t{number},{SECRET} REF {number},{10 + number}.37,GBP,2026-09-01T12:00:00Z," for number in range(count)]
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return path


def test_names_are_compared_and_not_printed(program: Program, tmp_path: Path) -> None:
    """250 twins with another name and no flip: within the limit; costs and counts stand beside."""
    done = program("audit", "probes", "-i", str(write(tmp_path / "rows.csv", 250)), "--json")
    said = json.loads(done.stdout)
    name = next(one for one in said["attributes"] if one["attribute"] == "name")
    assert (ExitCode.OK, "pass", 250) == (done.returncode, said["outcome"], said["rows"])
    assert ("pass", 250, 0, 0.005) == (name["outcome"], name["probes"], name["flipped"], name["limit"])
    assert said["microseconds"]["probe"] > 0
    assert SECRET not in done.stdout


def test_few_twins_are_not_measured(program: Program, tmp_path: Path) -> None:
    """Neither fine nor alarming, and the exit code says so."""
    done = program("audit", "probes", "-i", str(write(tmp_path / "rows.csv", 30)))
    assert ExitCode.ENVIRONMENT == done.returncode
    assert "not measured" in done.stdout
