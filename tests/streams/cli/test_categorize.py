"""`evenhand categorize`: rows in = decisions + refusals, whole files or none, the events of the stream."""

import gzip
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from models.contracts.events import Categorized, ReviewRequest
from models.contracts.taxonomy_maps import Taxonomy, taxonomy_map
from models.contracts.wire import parse
from tests.streams.cli.conftest import COMMAND, GOOD, HEADER, SHORT, Invoke, Program, clean_environment

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "models" / "data" / "sample_transactions.csv.gz"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file with three rows, of which one is refused."""
    path = tmp_path / "in.csv"
    path.write_text(HEADER + GOOD + SHORT + GOOD.replace("t1", "t3").replace("FOOD BASICS #606", "ZZGQ 17 XW"))
    return path


def test_rows_become_decisions_and_refusals(program: Program, source: Path, tmp_path: Path) -> None:
    """Decisions in order, refusals by line without a value, exit code 3."""
    done = program("categorize", "--input", source, "--output", "out.jsonl", "--json")
    report = json.loads(done.stdout)
    lines = (tmp_path / "out.jsonl").read_bytes().splitlines()
    events = [parse(ReviewRequest if b'"requires_review":true' in line else Categorized, line)[0] for line in lines]
    assert 3 == done.returncode
    assert ["t1", "t3"] == [event.transaction_id for event in events]
    assert "groceries" == events[0].category
    refused = [json.loads(line) for line in (tmp_path / "out.jsonl.rejected.jsonl").read_text().splitlines()]
    assert [{"line": 3, "field": None, "reason": "too_few_columns"}] == refused
    assert (3, 1) == (report["rows"], report["refused"])
    assert report["rows"] == report["categorized"] + report["review"] + report["refused"]
    assert ["in.csv", "out.jsonl", "out.jsonl.rejected.jsonl"] == sorted(path.name for path in tmp_path.iterdir())


@pytest.mark.parametrize("names", [["plaid-pfc"], ["coicop-2018", "plaid-pfc", "coicop-2018"]])
def test_codes_of_other_taxonomies_stand_beside_ours(
    evenhand: Invoke, source: Path, tmp_path: Path, names: list[str]
) -> None:
    """For accepted decisions and review requests, in CSV and JSON Lines; without them a line is the stream's event."""
    rows = tmp_path / "in.jsonl"
    rows.write_text(
        '{"transaction_id":"in","account_id":"a","description":"SALARY ACME LTD","amount":"-2000",'
        '"currency":"GBP","timestamp":"2024-05-01T00:00:00Z"}\n'
    )
    for given in (source, rows):
        plain, coded = tmp_path / "plain.jsonl", tmp_path / "coded.jsonl"
        evenhand("categorize", "-i", given, "-o", plain)
        evenhand("categorize", "-i", given, "-o", coded, *(part for name in names for part in ("--taxonomy", name)))
        before, after = ([json.loads(line) for line in path.read_text().splitlines()] for path in (plain, coded))
        assert before
        for event, line in zip(before, after, strict=True):
            written = line.pop("taxonomies")
            assert event == line
            assert set(names) == set(written)
            for name, code in written.items():
                expected = taxonomy_map(Taxonomy(name)).foreign(event["category"], money_in=given is rows)
                assert expected._asdict() == code


def test_an_unknown_taxonomy_is_wrong_use(evenhand: Invoke, source: Path, tmp_path: Path) -> None:
    """Told with the names that there are."""
    result = evenhand("categorize", "-i", source, "-o", tmp_path / "out.jsonl", "--taxonomy", "own")
    assert 2 == result.exit_code
    assert "plaid-pfc" in result.stderr
    assert not (tmp_path / "out.jsonl").exists()


def test_a_clean_run_leaves_no_refusals_of_an_earlier_one(program: Program, source: Path, tmp_path: Path) -> None:
    """Refusals beside an output are always those of that output."""
    program("categorize", "--input", source, "--output", "out.jsonl")
    source.write_text(HEADER + GOOD)
    done = program("categorize", "--input", source, "--output", "out.jsonl")
    assert 0 == done.returncode
    assert not (tmp_path / "out.jsonl.rejected.jsonl").exists()
    assert 1 == len((tmp_path / "out.jsonl").read_text().splitlines())


def test_progress_stays_off_where_nobody_watches(program: Program, source: Path) -> None:
    """Without a terminal stderr is empty; the summary names what was refused."""
    done = program("categorize", "-i", source, "-o", "out.jsonl")
    assert "" == done.stderr
    assert "too_few_columns 1" in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize("content", ["", HEADER, "\n\n"])
def test_an_empty_file_gives_an_empty_file(evenhand: Invoke, tmp_path: Path, content: str) -> None:
    """What was asked for is done, and the exit code tells a script that there was nothing to do."""
    (tmp_path / "in.csv").write_text(content)
    result = evenhand("categorize", "-i", tmp_path / "in.csv", "-o", tmp_path / "out.jsonl", "--json")
    assert 7 == result.exit_code
    assert f"error: {tmp_path / 'in.csv'} has no rows\n" == result.stderr
    assert b"" == (tmp_path / "out.jsonl").read_bytes()
    assert (0, None) == (json.loads(result.stdout)["rows"], json.loads(result.stdout)["review_share"])


def test_unusable_files_end_with_2_and_leave_the_output_alone(evenhand: Invoke, source: Path, tmp_path: Path) -> None:
    """Missing, not readable to its end, without a column, or not to be written: one line each."""
    out = tmp_path / "out.jsonl"
    out.write_text("before")
    headless, torn = tmp_path / "headless.csv", tmp_path / "torn.csv.gz"
    headless.write_text(HEADER.replace("amount", "sum") + GOOD)
    rows = "".join(GOOD.replace("t1", f"t{number}") for number in range(5000))
    torn.write_bytes(gzip.compress((HEADER + rows).encode())[:-200])
    cases = [
        (tmp_path / "none.csv", out, "No such file"),
        (tmp_path, out, "Is a directory"),
        (headless, out, "no column amount"),
        (torn, out, "cannot be read to its end"),
        (source, tmp_path / "none" / "out.jsonl", "there is no folder"),
        (source, tmp_path, "no plain file"),
        (source, Path(os.devnull), "no plain file"),
        (source, source, "is the input as well"),
    ]
    for given, target, said in cases:
        result = evenhand("categorize", "-i", given, "-o", target)
        assert (2, "") == (result.exit_code, result.stdout), said
        assert result.stderr.startswith("error: ")
        assert said in result.stderr
    assert "before" == out.read_text()
    assert not list(tmp_path.glob(".*"))


def test_a_linked_output_is_the_input_too(evenhand: Invoke, source: Path, tmp_path: Path) -> None:
    """The same file under another name is recognised; a link to another file stays a link."""
    os.link(source, tmp_path / "hard.jsonl")
    (tmp_path / "soft.jsonl").symlink_to(tmp_path / "real.jsonl")
    assert 2 == evenhand("categorize", "-i", source, "-o", tmp_path / "hard.jsonl").exit_code
    assert 3 == evenhand("categorize", "-i", source, "-o", tmp_path / "soft.jsonl").exit_code
    assert (tmp_path / "soft.jsonl").is_symlink()
    assert 2 == len((tmp_path / "real.jsonl").read_text().splitlines())


class Running:
    """The program in the middle of a file that takes long, with what there is in its folder."""

    def __init__(self, folder: Path, *before: str) -> None:
        self.folder = folder
        rows = (
            f"t{number},a1,FOOD BASICS #606,35.71,CAD,2019-10-07T09:00:00-04:00,5411\n" for number in range(300_000)
        )
        (folder / "in.csv").write_text(HEADER + "".join(rows))
        (folder / "out.jsonl").write_text("before")
        command = [*before, *COMMAND, "categorize", "-i", "in.csv", "-o", "out.jsonl"]
        self.process = subprocess.Popen(
            command, cwd=folder, env=clean_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        deadline = time.monotonic() + 240
        while not any(path.stat().st_size for path in folder.glob(".out.jsonl.*.partial")):
            assert self.process.poll() is None
            assert time.monotonic() < deadline, "nothing was written"
            time.sleep(0.1)

    def ended(self, number: signal.Signals) -> tuple[int, str]:
        """Exit code and stderr after a signal."""
        self.process.send_signal(number)
        said = self.process.communicate(timeout=240)[1]
        return self.process.returncode, said

    @property
    def files(self) -> list[str]:
        """Names in the folder, hidden ones too."""
        return sorted(path.name for path in self.folder.iterdir())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_no_hidden_file(tmp_path: Path, number: signal.Signals) -> None:
    """128 and its number, as a shell has it, no traceback; the output of an earlier run is as it was."""
    running = Running(tmp_path)
    assert (128 + number, "") == running.ended(number)
    assert ["in.csv", "out.jsonl"] == running.files
    assert "before" == (tmp_path / "out.jsonl").read_text()


def test_what_a_kill_leaves_is_removed_by_the_next_run(program: Program, tmp_path: Path) -> None:
    """Nothing can be done at a SIGKILL; the next run of the same output makes good for it."""
    running = Running(tmp_path)
    assert (-9, "") == running.ended(signal.SIGKILL)
    assert 2 == len(list(tmp_path.glob(".out.jsonl*.partial")))
    (tmp_path / "in.csv").write_text(HEADER + GOOD)
    assert 0 == program("categorize", "-i", "in.csv", "-o", "out.jsonl").returncode
    assert ["in.csv", "out.jsonl"] == running.files


def test_nohup_outlives_its_terminal(tmp_path: Path) -> None:
    """SIGHUP stays ignored where it was."""
    running = Running(tmp_path, "nohup")
    running.process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        running.process.wait(3)
    assert 143 == running.ended(signal.SIGTERM)[0]


def test_the_sample_twice_over_counts_every_row(evenhand: Invoke, tmp_path: Path) -> None:
    """Over several batches, with every row repeated: inputs = outputs + refused, each repeat named."""
    lines = gzip.decompress(SAMPLE.read_bytes()).splitlines()
    path = tmp_path / "in.csv"
    path.write_bytes(b"\n".join([*lines[:2501], *lines[1:2501]]))
    result = evenhand("categorize", "-i", path, "-o", tmp_path / "out.jsonl", "--json")
    report = json.loads(result.stdout)
    ids = [json.loads(line)["transaction_id"] for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert (3, 5000, {"duplicate": 2500}) == (result.exit_code, report["rows"], report["refused_by_reason"])
    assert [line.split(b",")[0].decode() for line in lines[1:2501]] == ids
    assert 2500 == sum(counts["rows"] for counts in report["categories"].values())
