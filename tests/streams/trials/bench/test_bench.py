"""The benchmarks run to their end, say what they measured, and refuse who loses records. No speed is asserted."""

import asyncio
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from models.contracts.events import Categorized
from models.contracts.wire import parse
from models.errors import ArtefactError, DeliveryError
from streams.categorizer.handler import CategorizeHandler
from streams.cli.bench import app
from streams.kafka.topics import partition_counts
from streams.lanes.duplicate_window import DuplicateWindow
from streams.local.broker import LocalBroker
from streams.messages.cloudevents import Codec
from streams.messages.records import Headers
from streams.messages.roles import Role
from streams.trials.bench.child import run_child
from streams.trials.bench.contenders.feed import InputRecords
from streams.trials.bench.contenders.loops import recoding
from streams.trials.bench.contenders.noop import noop_ensemble
from streams.trials.bench.job import Contender, Job, Measurement, Meter
from streams.trials.bench.model import ModelCase, Timing
from streams.trials.bench.report import model_bar, stream_bars
from streams.trials.bench.rounds import CaseRounds, take_turns
from streams.trials.bench.sample import transactions_for
from streams.trials.bench.stages import BATCH, STAGES, batches_of, measure
from streams.trials.bench.stream import COMPARED, OUTPUTS, StreamOptions, VoidError, check, run_one
from streams.trials.bench.topics import fresh_topics, read_topics
from tests.harness.voters import NOON

HEADER = "transaction_id,account_id,description,amount,currency,timestamp,mcc\n"
GOOD = "t1,a1,FOOD BASICS #606,35.71,CAD,2019-10-07T09:00:00-04:00,5411\n"


@dataclass(frozen=True, slots=True)
class _Received:
    """A consumed record."""

    key: bytes | None
    value: bytes | None
    topic: str = "transactions"
    partition: int = 0
    offset: int = 0
    headers: Headers = ()


def _run(*arguments: object) -> Any:
    return CliRunner().invoke(app, list(map(str, arguments)), env={"COLUMNS": "120"})


def _job(broker: LocalBroker, prefix: str, contender: Contender, **changes: Any) -> Job:
    job = Job(
        contender=contender,
        bootstrap_servers=broker.bootstrap_servers,
        prefix=f"{prefix}{contender}",
        messages=1_000,
        margin=100,
        stall_seconds=30.0,
        own_broker=True,
    )
    return replace(job, **changes)


@pytest.mark.slow
def test_the_model_benchmark_reports_what_is_documented() -> None:
    """Four cases with rates, shares that sum to one, and the bar."""
    done = _run("model", "--rows", 600, "--rounds", 1, "--json")

    report = json.loads(done.stdout)
    assert 0 == done.exit_code
    assert {"required", "met", "cases", "change"} == set(report)
    assert [(True, False), (False, False), (True, True), (False, True)] == [
        (case["with_mcc"], case["each_once"]) for case in report["cases"]
    ]
    for case in report["cases"]:
        assert {"mcc", "rules", "text", "ensemble"} == set(case["shares"])
        assert pytest.approx(1) == sum(case["shares"].values())
        assert case["decisions"] / case["cpu_seconds"] == pytest.approx(case["decisions_per_cpu_second"])
        assert case["load_seconds"] > 0
    assert [600, 600] == [case["decisions"] for case in report["cases"][:2]]
    assert report["cases"][2]["decisions"] < 600


@pytest.mark.slow
def test_the_benchmark_of_the_stages_reports_what_is_documented() -> None:
    """All stages, of which the handler's time is the sum."""
    done = _run("stages", "--handler-only", "--rows", 600, "--rounds", 3, "--json")

    report = json.loads(done.stdout)
    assert 0 == done.exit_code
    assert {"messages", "rounds", "microseconds", "stages", "change"} == set(report)
    assert (600, 3) == (report["messages"], report["rounds"])
    assert list(STAGES) == [stage["stage"] for stage in report["stages"]]
    for stage in report["stages"]:
        assert {"stage", "microseconds", "min", "max", "share"} == set(stage)
        assert stage["min"] <= stage["microseconds"] <= stage["max"]
        assert pytest.approx(stage["microseconds"]) == stage["share"] * report["microseconds"]
        assert stage["microseconds"] > 0 or stage["stage"] == "glue"  # which is a difference


@pytest.mark.slow
def test_the_table_of_the_stages_names_each(tmp_path: Path) -> None:
    """One line per stage and one for the handler; rows of a file are taken."""
    file = tmp_path / "rows.csv"
    file.write_text(HEADER + GOOD + GOOD.replace("t1", "t2"))

    done = _run("stages", "--handler-only", "--input", file, "--rounds", 1)

    assert 0 == done.exit_code
    assert all(stage in done.stdout for stage in (*STAGES, "handler"))


def test_the_stages_of_a_round_make_up_the_handler() -> None:
    """What the handler takes beyond its parts is glue."""
    batches = batches_of(transactions_for(None, rows=BATCH + 1))
    times = dict(measure(batches, now=NOON))

    assert [BATCH, 1] == [len(batch) for batch in batches]
    assert times.keys() == {*STAGES, "handler"}
    assert times.pop("handler") == pytest.approx(sum(times.values()))


@pytest.mark.slow
def test_the_model_benchmark_takes_a_file(tmp_path: Path) -> None:
    """Rows of the file are decided on; a refused and a repeated one are not; the table names the bar."""
    file = tmp_path / "rows.csv"
    file.write_text(HEADER + GOOD + GOOD + GOOD.replace("t1", "t2") + GOOD.replace("CAD", "none"))

    done = _run("model", "--input", file, "--rounds", 1)

    assert 0 == done.exit_code
    assert 2 == len(transactions_for(file))
    assert "decisions per CPU second, rows in their order" in done.stdout


def test_a_file_without_a_row_of_use_is_named(tmp_path: Path) -> None:
    """Nothing to decide on is no measurement."""
    file = tmp_path / "rows.csv"
    file.write_text(HEADER)

    done = _run("model", "--input", file, "--rounds", 1)

    assert 0 != done.exit_code
    assert "no row that keeps the contract" in str(done.exception)


def test_an_unknown_contender_is_wrong_use() -> None:
    """A misspelt name costs no broker."""
    assert 2 == _run("stream", "--contender", "rabbit").exit_code


@pytest.mark.kafka
def test_every_contender_runs_and_reports_what_is_documented(broker: LocalBroker) -> None:
    """A tiny run of all four on a real broker: all records, all keys, nothing left behind."""
    done = _run("stream", "--broker", broker.bootstrap_servers, "--messages", 1000, "--rounds", 1, "--json")

    assert 0 == done.exit_code, done.output
    report = json.loads(done.stdout)
    assert {"messages", "rounds", "contenders", "bars"} == set(report)
    assert list(COMPARED) == [each["contender"] for each in report["contenders"]]
    for each in report["contenders"]:
        assert {"median", "min", "max"} == set(each["cpu_seconds"])
        assert 1000 == each["rounds"][0]["handled"]
        assert 0 < each["measured_messages"] <= 1000
        assert pytest.approx(each["microseconds_per_message"] * each["messages_per_cpu_second"]) == 1e6
    assert [("bare", 0.88, None), ("naive", 11.0, None)] == [
        (bar["of"], bar["required"], bar["met"]) for bar in report["bars"]
    ]


@pytest.mark.kafka
def test_a_contender_that_does_not_write_all_is_void(broker: LocalBroker, prefix: str) -> None:
    """Ten records fewer than asked for: the run is refused, and its topics are gone all the same."""
    job = _job(broker, prefix, Contender.COPY, stall_seconds=5.0)
    short = InputRecords.of(transactions_for(None, rows=990), 990)

    with pytest.raises(VoidError, match=r"given 1,000 messages, says that it handled 990, and its topics hold 990"):
        asyncio.run(run_one(job, short))

    assert {0} == set(asyncio.run(partition_counts(job.settings())).values())


@pytest.mark.kafka
async def test_what_is_not_written_is_not_counted(broker: LocalBroker, prefix: str) -> None:
    """Outputs are read from the topics, to their ends and no further; the topics are gone afterwards."""
    settings = _job(broker, prefix, Contender.BARE).settings()
    async with fresh_topics(settings):
        before = [record async for record in read_topics(settings, OUTPUTS)]
        await InputRecords.of(transactions_for(None, rows=9), 9).write(settings)
        counts = len(before), len([record async for record in read_topics(settings, [Role.TRANSACTIONS])])

    assert (0, 9) == counts
    assert {0} == set((await partition_counts(settings)).values())


def test_doubled_records_are_void() -> None:
    """More is as wrong as less, whatever the contender says."""
    job = Job(Contender.NAIVE, "127.0.0.1:9092", "x", 1000, 100, 1.0, own_broker=True)

    for written in (0, 999, 1001):
        with pytest.raises(VoidError, match=f"naive was given 1,000 .* its topics hold {written:,}"):
            check(job, Measurement(1000, 900, 1.0, 1.0), written)
    with pytest.raises(VoidError, match="too few"):
        check(job, Measurement(1000, 0, 0.0, 0.0), 1000)


def test_bare_loop_and_application_write_the_same_records() -> None:
    """The bare loop does the same work: same keys, values and headers as the application, but for the time."""
    source = Codec("/evenhand/x")
    feed = InputRecords.of(transactions_for(None, rows=50), 50)
    received = [_Received(one.key, one.value) for records in feed.partitions.values() for one in records]

    bare = recoding(source)(received)
    ours = CategorizeHandler(noop_ensemble(), source, lambda: NOON)(
        received, DuplicateWindow(max_ids=0, max_age=timedelta(0))
    ).outputs

    assert 50 == len(ours)
    for one, other in zip(bare, ours, strict=True):
        assert (one.role, one.key, one.value) == (other.role, other.key, other.value)
        assert Role.CATEGORIZED == one.role
        assert [h for h in one.headers if h[0] != "ce_time"] == [h for h in other.headers if h[0] != "ce_time"]
        assert len(parse(Categorized, one.value or b"")[0].votes) == 3


def test_a_feed_repeats_the_transactions_under_new_ids() -> None:
    """More messages than transactions: as many as asked for, all ids different, accounts in one partition."""
    feed = InputRecords.of(transactions_for(None, rows=100), 250)

    records = [record for each in feed.partitions.values() for record in each]
    assert 250 == len(records)
    assert 250 == len({json.loads(one.value or b"")["transaction_id"] for one in records})
    accounts = [len({one.key for one in each}) for each in feed.partitions.values()]
    assert sum(accounts) == len({one.key for one in records})


def test_the_meter_leaves_the_margins_out() -> None:
    """Of 100 records in steps of 10 with a margin of 10, those from the 10th to the 90th are measured."""
    meter = Meter(messages=100, margin=10)
    for _ in range(10):
        meter.committed(10)

    assert (100, 80) == (meter.measurement().handled, meter.measurement().measured)
    assert meter.finished.is_set()


def test_bars_that_are_not_met_are_said_so() -> None:
    """Half the speed of the bare loop is not met; twenty times the naive agent is."""
    cpu = {Contender.EVENHAND: 2.0, Contender.BARE: 1.0, Contender.NAIVE: 40.0}
    standings = [CaseRounds(who, (Measurement(100, 100, seconds, 9.0),)) for who, seconds in cpu.items()]

    bars = stream_bars(StreamOptions(20_000, rounds=1), standings)

    assert [">= 0.88 of the bare loop: not met (0.50)", ">= 11 x the naive agent: met (20.00)"] == bars


def test_a_short_run_is_not_judged() -> None:
    """Below 20,000 messages a few batches in work decide, so nothing is called met."""
    standings = [CaseRounds(who, (Measurement(100, 100, 1.0, 9.0),)) for who in COMPARED]

    assert ["the bars are not judged below 20,000 messages"] == stream_bars(StreamOptions(19_999, rounds=1), standings)


def test_one_slow_case_fails_the_bar_of_the_model() -> None:
    """The bar holds for every case of rows in their order, not on average; descriptions seen once are told apart."""
    case, once = ModelCase(with_mcc=True, each_once=False), ModelCase(with_mcc=True, each_once=True)
    fast, slow = Timing(10_000, 1.0, 0.1, {"text": 0.5}), Timing(4_000, 1.0, 0.1, {"text": 0.5})

    line = model_bar([CaseRounds(case, (fast,)), CaseRounds(case, (slow,)), CaseRounds(once, (fast,))])

    expected = ">= 5,000 decisions per CPU second, rows in their order: not met (4,000); each description once: 10,000"
    assert expected == line


def test_cases_take_turns() -> None:
    """Every case once before any comes again; the median of the rounds counts."""
    seen, rates = [], iter((4.0, 10.0, 1.0, 20.0, 2.0, 30.0))

    def run(case: str) -> Measurement:
        seen.append(case)
        return Measurement(100, 100, 100 / next(rates), 1.0)

    slow, fast = take_turns(["slow", "fast"], run, rounds=3, progress=seen.append)

    assert ["round 1 of 3: slow", "slow", "round 1 of 3: fast", "fast"] == seen[:4]
    assert (2.0, 20.0) == (pytest.approx(slow.rate), pytest.approx(fast.rate))
    assert fast.typical == fast.rounds[1]


async def test_a_child_that_fails_is_told_with_its_last_words() -> None:
    """A module that is no child ends without a result; a child's own error comes back as the kind that it was."""
    with pytest.raises(DeliveryError, match=r"the case failed:\n(.|\n)*No module named"):
        await run_child("streams.trials.bench.nothing", {}, name="the case")
    job = {"with_mcc": True, "each_once": False, "rows": 5, "source": None, "model": "/nowhere"}
    with pytest.raises(ArtefactError, match="nowhere"):
        await run_child("streams.trials.bench.model", job, name="the case")


async def test_a_child_that_takes_too_long_is_given_up() -> None:
    """It is killed, and said so."""
    with pytest.raises(DeliveryError, match="the case did not end in time"):
        await run_child("streams.trials.bench.model", {}, name="the case", seconds=0.01)
