"""`evenhand evidence`: one run gives one folder, which a person can open and anybody can verify."""

import asyncio
import csv
import gzip
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.testing import CliRunner

from models.artefacts.artefact import DEFAULT_MODEL, manifest_for, read_artefact, write_artefact
from models.learned.text_files import SETTINGS_FILE
from streams.cli.main import app
from streams.files.evidence_folder import MANIFEST, SIGNATURE
from streams.local.broker import LocalBroker
from streams.messages.roles import Role
from tests.harness.alerts import alert
from tests.harness.workers import Message, Stage
from tests.streams.cli.conftest import Invoke
from tests.streams.console.browser import chromium, running

SAMPLE = DEFAULT_MODEL.parent / "sample_transactions.csv.gz"
ROWS = 80


class Made(NamedTuple):
    """A folder of a run that was given everything."""

    folder: Path
    public_key: Path
    data: Path
    arguments: tuple[object, ...]
    printed: str


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Signed, with the bias gate on a few rows and one alert."""
    place = tmp_path_factory.mktemp("evidence")
    assert 0 == CliRunner().invoke(app, ["evidence", "key", "--out", str(place)]).exit_code
    data, alerts = place / "rows.csv", place / "alerts.jsonl"
    data.write_bytes(b"".join(gzip.decompress(SAMPLE.read_bytes()).splitlines(keepends=True)[: ROWS + 1]))
    alerts.write_text(alert().model_dump_json() + "\n")
    folder, key = place / "folder", place / "signing_key.pem"
    arguments = (
        "--data",
        data,
        "--labels",
        "mcc",
        "--alerts",
        alerts,
        "--key",
        key,
        "--day",
        "2026-11-30",
        "--people",
        1,
    )
    done = CliRunner().invoke(app, list(map(str, ("evidence", "--out", folder, *arguments))), env={"COLUMNS": "120"})
    assert 0 == done.exit_code, done.output
    return Made(folder, place / "signing_key.public.pem", data, arguments, done.stdout)


def documents(made: Made) -> dict[str, Any]:
    """Its JSON files by name."""
    return {path.name: json.loads(path.read_text()) for path in made.folder.glob("*.json")}


@pytest.mark.slow
def test_it_is_signed_and_holds(evenhand: Invoke, made: Made) -> None:
    """With the bank's key it is trusted; with the one inside, integrity is all that is shown."""
    trusted = evenhand("evidence", "verify", made.folder, "--public-key", made.public_key)
    assert (0, "") == (trusted.exit_code, trusted.stderr)
    inside = evenhand("evidence", "verify", made.folder)
    assert 0 == inside.exit_code
    assert "it shows integrity, not origin" in inside.stderr
    assert re.search(r"^Audits failed\. Bias report: .*; counterfactual report: failed\.$", made.printed, re.MULTILINE)


@pytest.mark.slow
def test_one_changed_byte_of_any_file_is_named(evenhand: Invoke, made: Made) -> None:
    """Exit code 1, and the file."""
    for path in sorted(made.folder.iterdir()):
        before = path.read_bytes()
        path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
        done = evenhand("evidence", "verify", made.folder, "--json")
        path.write_bytes(before)
        assert (1, [path.name]) == (done.exit_code, [each["file"] for each in json.loads(done.stdout)["faults"]])


@pytest.mark.slow
def test_the_same_run_gives_the_same_bytes(evenhand: Invoke, made: Made, tmp_path: Path) -> None:
    """Figures, pages and signature: no clock but --day, no seed but --seed."""
    again = tmp_path / "again"
    assert 0 == evenhand("evidence", "--out", again, *made.arguments).exit_code
    assert {path.name: path.read_bytes() for path in made.folder.iterdir()} == {
        path.name: path.read_bytes() for path in again.iterdir()
    }


@pytest.mark.slow
def test_the_counterfactual_report_is_of_this_run(made: Made) -> None:
    """The same model and day, as many people as were asked for, and each check in the chapter."""
    found = documents(made)
    report, run = found["counterfactual_report.json"], found["figures.json"]["run"]
    assert (1, run["model_version"]) == (report["people_each"], report["run"]["model_version"])
    assert report["outcome"] == found["figures.json"]["audits"]["counterfactual_report"]["outcome"]
    chapter = (made.folder / "audits.md").read_text()
    assert [] == [check["about"] for check in report["checks"] if f"| {check['about']} |" not in chapter]


@pytest.mark.slow
def test_the_bias_report_is_that_of_the_rows(made: Made) -> None:
    """As many rows, the model and day of the run, and each check in the chapter as it is in the report."""
    found = documents(made)
    report, run = found["bias_report.json"], found["figures.json"]["run"]
    assert (ROWS, run["model_version"]) == (report["scores"]["accuracy"]["rows"], report["run"]["model_version"])
    assert report["run"]["at"].startswith("2026-11-30")
    assert {"state": "measured", "outcome": report["outcome"]} == {
        name: found["figures.json"]["audits"]["bias_report"][name] for name in ("state", "outcome")
    }
    chapter = (made.folder / "audits.md").read_text()
    assert [] == [check["about"] for check in report["checks"] if f"| {check['about']} |" not in chapter]


@pytest.mark.slow
def test_no_transaction_is_in_the_folder(made: Made) -> None:
    """Neither a text nor an id of the rows that were audited."""
    everything = "".join(path.read_text() for path in made.folder.iterdir() if path.name != SIGNATURE)
    with made.data.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    told = [row[name] for row in rows for name in ("description", "transaction_id") if row[name] in everything]
    assert (ROWS, []) == (len(rows), told)


@pytest.mark.slow
@pytest.mark.browser
async def test_a_browser_opens_it_and_asks_for_nothing(made: Made) -> None:
    """Every page on its own, without a complaint; the tables show the figures of figures.json; it fits a sheet."""
    path = chromium()
    if path is None:
        pytest.skip("no chromium on PATH or in build/tools/bin")
    figures = documents(made)["figures.json"]
    async with running(path) as browser, browser.tab((made.folder / "index.html").as_uri()) as tab:
        pages = await tab.run("[...document.querySelectorAll('a')].map(each => each.href)")
        assert {page.stem for page in made.folder.glob("*.html")} - {"index"} <= {Path(page).stem for page in pages}
        for name in sorted(page.name for page in made.folder.glob("*.html")):
            tab.requests.clear()
            address = (made.folder / name).as_uri()
            await tab.page.goto(address)
            assert ([address], []) == (tab.requests, tab.complaints)
            await tab.page.emulate_media(media="print")
            await tab.size(794, 1123)
            assert await tab.run("document.documentElement.scrollWidth <= 794"), name
        await tab.page.goto((made.folder / "data_sheet.html").as_uri())
        shown = await tab.run(
            "[...document.querySelectorAll('table')].find(each => each.caption.innerText == 'Rows by category')"
            ".innerText.split('\\n')"
        )
    rows = dict(re.findall(r"^(\w+)\t([0-9,]+)\t", "\n".join(shown), re.MULTILINE))
    assert {name: f"{count:,}" for name, count in figures["data_totals"]["by_category"].items()} == rows


def test_without_anything_it_says_what_is_not_measured(evenhand: Invoke, tmp_path: Path) -> None:
    """Unsigned, and said so; extra and missing files are named one by one."""
    folder = tmp_path / "folder"
    done = evenhand("evidence", "--out", folder, "--people", 0)
    assert (0, "") == (done.exit_code, done.stderr)
    assert "not signed: the digests protect against accident only" in done.stdout
    assert "Audits not measured. Bias report: not measured in this run" in done.stdout
    (folder / "privacy.md").unlink()
    (folder / "more.txt").write_text("x")
    verified = evenhand("evidence", "verify", folder)
    assert 1 == verified.exit_code
    assert {"privacy.md: missing", "more.txt: not in the manifest"} < set(verified.stdout.splitlines())


def test_alerts_come_from_the_topic(broker: LocalBroker, prefix: str, evenhand: Invoke, tmp_path: Path) -> None:
    """All that it holds within the period; a topic without any says so, which is not the same as not measured."""
    settings = {"bootstrap_servers": broker.bootstrap_servers, "topic_prefix": prefix}

    async def fill() -> None:
        async with Stage(broker, prefix, tmp_path) as stage:
            value = alert().model_dump_json().encode()
            await stage.send([Message(value, None, b"1"), Message(value, None, b"2")], role=Role.ALERTS)

    asyncio.run(fill())
    for name, since, steps in (("all", "2026-03-01", 2), ("none", "2026-03-02", 0)):
        done = evenhand(
            "evidence", "--out", tmp_path / name, "--people", 0, "--alerts-topic", "--since", since, **settings
        )
        assert (0, "") == (done.exit_code, done.stderr)
        assert f"{steps} steps of alerts" in (tmp_path / name / "monitoring.md").read_text()
        assert f"From {prefix}fairness.alerts" in (tmp_path / name / "monitoring.html").read_text()


def test_an_override_of_the_store_is_told(evenhand: Invoke, tmp_path: Path) -> None:
    """A model that no audit knows was promoted all the same: what the gate said, and the reason that was given."""
    _, contents = read_artefact(DEFAULT_MODEL)
    learned = json.loads(contents[SETTINGS_FILE])
    learned["strength"] += 1
    contents[SETTINGS_FILE] = json.dumps(learned).encode()
    manifest = manifest_for(contents, command="make it")
    write_artefact(tmp_path / "model", manifest, contents)
    store = str(tmp_path / "store")
    assert 0 == evenhand("model", "add", tmp_path / "model", model=store).exit_code
    why = ("--override", "only a number differs")
    assert 0 == evenhand("model", "promote", manifest.model_version, *why, model=store).exit_code
    done = evenhand("evidence", "--out", tmp_path / "folder", "--people", 0, model=store)
    assert (0, "") == (done.exit_code, done.stderr)
    page = (tmp_path / "folder" / "overrides.md").read_text()
    assert "promoted past the gate" in page
    assert "Reason given: only a number differs" in page
    assert "1 override in 1 change" in (tmp_path / "folder" / "index.md").read_text()
    sheet = (tmp_path / "folder" / "data_sheet.md").read_text()
    assert "Rows by category: not measured in this run" in sheet


def test_the_setting_signs_too(evenhand: Invoke, tmp_path: Path) -> None:
    """EVENHAND_SIGNING_KEY, as --key does; another key does not verify it."""
    for name in ("one", "two"):
        assert 0 == evenhand("evidence", "key", "--out", tmp_path / name).exit_code
    key, other = tmp_path / "one" / "signing_key.pem", tmp_path / "two" / "signing_key.public.pem"
    done = evenhand("evidence", "--out", tmp_path / "folder", "--people", 0, "--json", signing_key=str(key))
    assert json.loads(done.stdout)["signer"]
    wrong = evenhand("evidence", "verify", tmp_path / "folder", "--public-key", other)
    assert (1, f"{SIGNATURE}: signed by another key than --public-key") == (
        wrong.exit_code,
        wrong.stdout.splitlines()[0],
    )
    assert str(key) not in (tmp_path / "folder" / MANIFEST).read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "it must be given"),
        (("--out", "new", "--data", "x.csv"), "give both or neither"),
        (("--out", "new", "--key", "none.pem"), "cannot be read"),
        (("--out", "new", "--alerts", "none.jsonl"), "cannot be read"),
    ],
)
def test_wrong_use_writes_nothing(
    evenhand: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    """It ends before any work, with what to do."""
    monkeypatch.chdir(tmp_path)
    done = evenhand("evidence", *arguments)
    assert done.exit_code in (2, 4)
    assert said in " ".join(done.stderr.split())
    assert [] == list(tmp_path.iterdir())
