"""All that is compared in one run: real contenders and workers on a real broker, tiny. No speed is asserted."""

import asyncio
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from models.errors import ConfigurationError, DeliveryError
from streams.cli.bench import app
from streams.kafka.topics import partition_counts
from streams.local.broker import LocalBroker
from streams.trials.bench.bars import Bar, bars_of
from streams.trials.bench.contenders.feed import InputRecords
from streams.trials.bench.job import Contender, Job, Measurement
from streams.trials.bench.latency import RATES, WARM_UP, Latency, messages_for, run_latency
from streams.trials.bench.model import Timing
from streams.trials.bench.rounds import CaseRounds
from streams.trials.bench.sample import transactions_for
from streams.trials.bench.side_by_side import MODEL_CASE, SideBySide, run_side_by_side
from streams.trials.bench.side_by_side_report import (
    GUARANTEES,
    figures_of,
    side_by_side_data,
    side_by_side_lines,
    side_by_side_tables,
)
from streams.trials.bench.stream import INTERPRETER, OTHERS, StreamOptions, VoidError, check_contenders, run_stream
from streams.trials.bench.workers import run_workers

ROOT = Path(__file__).parents[4]
INSTALLED = ROOT / INTERPRETER
OPTIONS = StreamOptions(20_000, rounds=1)
SECONDS = 0.5


def _job(broker: LocalBroker, contender: Contender, messages: int) -> Job:
    return StreamOptions(messages, rounds=1).job(contender, messages, bootstrap_servers=broker.bootstrap_servers)


def _run(seconds: float, *, pss: int = 0) -> Measurement:
    return Measurement(100, 100, seconds, seconds * 2, pss)


def _report(*, missing: tuple[Contender, ...] = (), options: StreamOptions = OPTIONS) -> SideBySide:
    """CPU seconds chosen so that the bars are easy to see."""
    cpu = {
        Contender.EVENHAND: 1.0,
        Contender.FULL: 4.0,
        Contender.BARE: 0.9,
        Contender.NAIVE: 12.0,
        Contender.QUIXSTREAMS: 0.9,
        Contender.BYTEWAX: 0.7,
    }
    latency = [Latency(rate, float(rate), 100, 20.0, 30.0 + rate / 10) for rate in RATES]
    return SideBySide(
        options,
        missing,
        [CaseRounds(who, (_run(seconds, pss=50_000_000),)) for who, seconds in cpu.items() if who not in missing],
        CaseRounds(MODEL_CASE, (Timing(100, 3.0, 1.0, {}, 40.0),)),
        {Contender.EVENHAND: latency},
        [CaseRounds(1, (_run(1.0, pss=300_000_000),)), CaseRounds(2, (Measurement(100, 100, 1.1, 1.0, 600_000_000),))],
    )


@pytest.mark.kafka
def test_a_run_reports_what_is_documented(broker: LocalBroker, tmp_path: Path) -> None:
    """Two contenders, throughput and latency; the figures are kept."""
    chosen = ["--contender", "evenhand", "--contender", "bare", "--only", "throughput", "--only", "latency"]
    size = ["--messages", "1000", "--rounds", "1", "--seconds", str(SECONDS), "--kept", str(tmp_path / "kept.json")]
    arguments = ["side-by-side", "--broker", broker.bootstrap_servers, *chosen, *size, "--save", "--json"]
    done = CliRunner().invoke(app, arguments, env={"COLUMNS": "120"})

    assert 0 == done.exit_code, done.output
    report = json.loads(done.stdout)
    assert {"messages", "rounds", "contenders", "workers", "bars", "change"} == set(report)
    assert ["evenhand", "bare"] == [each["contender"] for each in report["contenders"]]
    for each in report["contenders"]:
        assert "exactly once" == each["guarantee"]
        assert each["min"] <= each["messages_per_cpu_second"] <= each["max"]
        assert each["messages_per_second"] > 0
        assert 10 < each["megabytes"] < 1_000
        assert list(RATES) == [latency["offered"] for latency in each["latency"]]
        for latency in each["latency"]:
            assert 0 < latency["p50"] <= latency["p99"] < 60_000
            assert 0 < latency["written"] <= latency["offered"] * 1.1
    assert {"of_bare": None, "evenhand_p99_ms": report["bars"][1]["met"]} == {
        bar["name"]: bar["met"] for bar in report["bars"]
    }
    kept = json.loads((tmp_path / "kept.json").read_text())["side-by-side"]
    assert {"messages": 1000, "rounds": 1} == kept["run"]
    assert "bare loop, p99 ms at 2,000/s" in kept["figures"]


@pytest.mark.kafka
def test_two_workers_share_the_work(broker: LocalBroker) -> None:
    """Real processes in one group: all is committed once, by both; nothing is left behind."""
    job = _job(broker, Contender.FULL, 6_000)
    records = InputRecords.of(transactions_for(None, rows=6_000), 6_000)

    measurement = asyncio.run(run_workers(2, job, records))

    assert 6_000 == measurement.handled
    assert 0 < measurement.measured <= 6_000
    assert measurement.wall_seconds > 0
    assert 100e6 < measurement.pss < 2e9
    assert {0} == set(asyncio.run(partition_counts(job.settings())).values())


@pytest.mark.kafka
def test_a_worker_that_cannot_run_ends_the_wait(broker: LocalBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it said is told at once, not after the time that a start may take."""
    monkeypatch.setenv("EVENHAND_MODEL", "/nowhere")
    job = _job(broker, Contender.FULL, 1_000)

    with pytest.raises(DeliveryError, match=r"a worker has ended by itself:\n(.|\n)*nowhere"):
        asyncio.run(run_workers(1, job, InputRecords.of(transactions_for(None, rows=1_000), 1_000)))


@pytest.mark.kafka
def test_latency_of_a_contender_that_loses_is_void(broker: LocalBroker) -> None:
    """It ends before all that is written has an outcome."""
    messages = messages_for(SECONDS)
    job = replace(_job(broker, Contender.COPY, messages + 1), margin=WARM_UP, stall_seconds=2.0)

    with pytest.raises(VoidError, match=f"given {job.messages:,} messages, says that it handled {messages:,}"):
        asyncio.run(run_latency(job, transactions_for(None, rows=100), seconds=SECONDS, interpreter=INSTALLED))


@pytest.mark.kafka
def test_a_contender_that_fails_ends_the_wait_for_its_latency(broker: LocalBroker, tmp_path: Path) -> None:
    """As the error that it met, at once."""
    job = _job(broker, Contender.BYTEWAX, messages_for(SECONDS))
    no_python = tmp_path / "python"
    no_python.write_text("#!/bin/sh\necho no such library >&2\nexit 1\n")
    no_python.chmod(0o755)

    with pytest.raises(DeliveryError, match="bytewax failed:\nno such library"):
        asyncio.run(run_latency(job, transactions_for(None, rows=100), seconds=SECONDS, interpreter=no_python))


@pytest.mark.kafka
@pytest.mark.skipif(not INSTALLED.exists(), reason="`make bench` installs the other libraries")
def test_other_libraries_write_every_record_once(broker: LocalBroker) -> None:
    """Pipelines of quixstreams and bytewax around our codec, in their own environment."""
    options = StreamOptions(4_000, rounds=1, contenders=OTHERS, interpreter=INSTALLED)

    standings = run_stream(
        options,
        transactions_for(None, rows=1_000),
        bootstrap_servers=broker.bootstrap_servers,
        progress=lambda _: None,
    )

    assert list(OTHERS) == [standing.case for standing in standings]
    assert [4_000, 4_000] == [standing.rounds[0].handled for standing in standings]


def test_what_is_not_installed_is_said_so(tmp_path: Path) -> None:
    """In its row of the table, and as an error where it was asked for by name."""
    options = replace(OPTIONS, contenders=OTHERS, interpreter=tmp_path / "python")

    report = run_side_by_side(
        options, transactions_for(None, rows=1), bootstrap_servers="127.0.0.1:1", progress=lambda _: None, parts=()
    )

    assert list(OTHERS) == list(report.missing)
    assert [False, False] == [each["installed"] for each in side_by_side_data(report)["contenders"]]
    with pytest.raises(ConfigurationError, match=r"quixstreams, bytewax: not installed in .*`make bench` does so"):
        check_contenders(options)


def test_tables_have_a_row_for_each() -> None:
    """Contenders, those that are missing too, and workers."""
    page = io.StringIO()
    for table in side_by_side_tables(_report(missing=(Contender.BYTEWAX,))):
        Console(file=page, width=160).print(table)
    lines = [line.split() for line in page.getvalue().splitlines() if line.strip()]

    assert ["bytewax", "not", "installed"] in lines
    assert ["Evenhand", "exactly", "once", "50", "100", "12.00", "20", "80", "20", "230", "50"] in lines
    assert ["2", "100", "2.00", "91", "0.91", "11,000", "600"] in lines or any(line[0] == "2" for line in lines)


def test_each_bar_is_said_met_or_not() -> None:
    """At least, and at most."""
    found = {bar.name: bar.met for bar in bars_of(_report())}

    assert {
        "of_bare": True,
        "of_naive": True,
        "of_quixstreams": False,
        "of_bytewax": False,
        "full_of_model": True,
        "evenhand_p99_ms": False,
        "one_worker_mb": True,
        "two_workers_mb": False,
        "two_by_wall": True,
        "two_by_cpu": True,
    } == found
    lines = side_by_side_lines(_report())
    assert "the model alone: 33 per CPU s, from a tenth to nine tenths 40, of which the stream is 0.62" == lines[0]
    assert "p99 of Evenhand at 2,000/s at most 150 ms: not met (230)" in lines
    assert ">= 0.7 of the model alone, end to end per CPU second: met (0.75)" in lines


def test_short_runs_are_not_judged_by_rates() -> None:
    """Times and memory are what they are; of rates a few batches decide."""
    found = {bar.name: bar.met for bar in bars_of(_report(options=StreamOptions(1_000, rounds=1)))}

    assert {"evenhand_p99_ms", "one_worker_mb", "two_workers_mb"} == {
        name for name, met in found.items() if met is not None
    }
    assert "x: not judged (0.50)" == str(Bar("x", "x", 1.0, 0.5, judged=False))


def test_every_figure_is_kept() -> None:
    """Rates, times, memory and bars, under names of their own."""
    figures = figures_of(_report())

    assert 2 * 100 == figures["naive agent, per CPU s"] * 24
    assert 230 == figures["Evenhand, p99 ms at 2,000/s"]
    assert 600 == figures["2 workers, MB"]
    assert 0.9 == pytest.approx(figures[">= 0.88 of the bare loop per CPU second"])
    assert len(figures) == 3 * 6 + 2 * len(RATES) + 3 * 2 + 2 + len(bars_of(_report()))


def test_every_contender_has_a_guarantee() -> None:
    """The best of each library: bytewax has no transactions."""
    assert set(Contender) == set(GUARANTEES)
    assert {Contender.BYTEWAX} == {each for each, words in GUARANTEES.items() if words != "exactly once"}
