"""The monitors' benchmark runs to its end and says what it measured; its traffic adds up. No speed is asserted."""

import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from monitors.counts.cells import Counts, Table, table
from monitors.counts.history import History
from monitors.counts.observation import bucket_of, decode
from monitors.counts.windows import KEPT
from streams.cli.bench import app
from streams.local.broker import LocalBroker
from streams.monitor.changelog import restore
from streams.trials.bench.contenders.noop import noop_ensemble
from streams.trials.bench.job import PARTITIONS, Contender, Job, Measurement
from streams.trials.bench.monitor_process import handle
from streams.trials.bench.monitors import BATCH, CASES, SMALL_BATCH, MonitorCase, MonitorInput, MonitorRun, Way, check
from streams.trials.bench.report import monitors_bar
from streams.trials.bench.rounds import CaseRounds
from streams.trials.bench.sample import transactions_for
from streams.trials.bench.stream import VoidError
from streams.trials.bench.summaries import LABELS_PER_SECOND, PER_SECOND

NOON = datetime(2026, 3, 2, 12, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def given() -> MonitorInput:
    """A second of traffic, half of it before the edge of a bucket, after a week."""
    return MonitorInput.of(noop_ensemble(), transactions_for(None, rows=500), count=20_000, now=NOON)


def _decisions(counts: Counts) -> int:
    return int(table(counts, Table.DECISIONS).sum())


def _restored(given: MonitorInput) -> History:
    return restore([(key.encode(), value.encode()) for key, value in given.state], lateness=0).history


def test_traffic_is_what_was_asked_for(given: MonitorInput) -> None:
    """Summaries in the order of time; all transactions and labels of a second are in them, across a bucket's edge."""
    for batch in (BATCH, SMALL_BATCH):
        summaries = given.summaries[batch]
        history = History()
        for summary in summaries:
            assert not history.take(decode(summary.value.encode())).repeated

        assert sorted(summary.seconds for summary in summaries) == [summary.seconds for summary in summaries]
        assert 20_000 == sum(summary.transactions for summary in summaries)
        assert 20_000 == sum(_decisions(counts) for counts in history.buckets.values())
        labels = sum(int(table(counts, Table.CORRECTIONS).sum()) for counts in history.buckets.values())
        assert LABELS_PER_SECOND == labels
        assert 20_000 // batch == sum(summary.transactions > 0 for summary in summaries)
    assert {bucket_of(NOON), bucket_of(NOON) - 1} == {
        bucket for summary in given.summaries[BATCH] for bucket in decode(summary.value.encode()).cells
    }


def test_a_week_was_seen_before(given: MonitorInput) -> None:
    """Full buckets of seven days up to the traffic: on average 20,000 decisions for each of its seconds, and labels."""
    history = _restored(given)

    newest = bucket_of(given.begin) - 1
    assert list(range(newest - KEPT + 1, newest + 1)) == sorted(history.buckets)
    assert newest == history.newest
    assert PER_SECOND * 300 * KEPT == pytest.approx(sum(map(_decisions, history.buckets.values())), rel=0.01)
    for counts in history.buckets.values():
        assert 0.4 < _decisions(counts) / (PER_SECOND * 300) < 1.6
        assert _decisions(counts) == table(counts, Table.CONFIDENCE).sum()
        assert LABELS_PER_SECOND * 300 == table(counts, Table.LABELS)[..., 0].sum()


def test_the_handler_takes_what_it_is_given(given: MonitorInput) -> None:
    """It takes CPU time, and the state has all transactions of the traffic afterwards."""
    before = _restored(given).buckets

    seconds, memory = handle(given.begin, given.state, given.summaries[BATCH])

    assert 0 < seconds < 60
    over = [counts for bucket, counts in before.items() if bucket <= bucket_of(NOON) - KEPT]
    assert len(over) in (1, 2)
    left = sum(map(_decisions, before.values())) - sum(map(_decisions, over))
    assert left + 20_000 == sum(map(_decisions, memory.history.buckets.values()))
    sources = memory.history.sources
    assert 20_000 == sum(sources[f"transactions:{partition}"].next_offset for partition in range(PARTITIONS))


def test_only_a_backlog_is_longer_than_live_traffic(given: MonitorInput) -> None:
    """What comes after twenty seconds is for the backlog alone."""
    late = [one._replace(seconds=one.seconds + 19.5) for one in given.summaries[BATCH]]
    longer = MonitorInput(given.begin, given.state, {BATCH: late})

    backlog, live, handler = (longer.of_case(MonitorCase(way, BATCH)) for way in (Way.BACKLOG, Way.LIVE, Way.HANDLER))

    assert late == backlog
    assert live == handler == [one for one in late if one.seconds <= 20]
    assert 0 < len(live) < len(late)


@pytest.mark.kafka
def test_the_benchmark_reports_what_is_documented(broker: LocalBroker) -> None:
    """A tiny run of all cases, the process on a real broker: sane figures under the documented keys."""
    arguments = ["monitors", "--broker", broker.bootstrap_servers, "--transactions", "20000", "--rounds", "1", "--json"]
    done = CliRunner().invoke(app, arguments, env={"COLUMNS": "120"})

    assert 0 == done.exit_code, done.output
    report = json.loads(done.stdout)
    assert {"required", "met", "handler", "process", "change"} == set(report)
    lines = [(each["case"], each["batch"]) for each in [*report["handler"], *report["process"]]]
    assert [(case.way, case.batch) for case in CASES] == lines
    for each in [*report["handler"], *report["process"]]:
        assert each["min"] <= each["transactions_per_cpu_second"] <= each["max"]
        assert each["cpu_seconds"] > 0
        assert pytest.approx(each["cpu_seconds_per_second"] * each["transactions_per_cpu_second"]) == PER_SECOND
        assert each["met"] == (each["of_required"] >= 1)
    assert [20_000] * 2 == [each["transactions"] for each in report["handler"]]
    assert [None] == [each["behind_seconds"] for each in report["process"] if each["case"] == "backlog"]
    assert all(0 <= each["behind_seconds"] < 60 for each in report["process"] if each["case"] == "live")


@pytest.mark.parametrize(("handled", "observed"), [(9, 500), (11, 500), (10, 499), (10, 1_000)])
def test_lost_or_doubled_summaries_are_void(handled: int, observed: int) -> None:
    """By what the process says, and by what its state accounts for."""
    job = Job(Contender.EVENHAND, "127.0.0.1:9092", "x", 10, 1, 1.0, own_broker=True)

    with pytest.raises(VoidError, match="void: the monitor was given 10 summaries of 500 transactions"):
        check(job, Measurement(handled, 8, 1.0, 1.0), 500, observed)


def test_one_slow_case_fails_the_bar() -> None:
    """The bar holds for every case of the process, and is not about the handler alone."""
    fast, slow = MonitorRun(50_000, 100, 1.0), MonitorRun(15_000, 30, 1.0)
    handler, backlog, live = (
        CaseRounds(MonitorCase(way, BATCH), (run,)) for way, run in zip(Way, (slow, fast, slow), strict=True)
    )

    line = monitors_bar([handler, backlog, live])

    assert ">= 20,000 transactions per CPU second of the process: not met (15,000 at least)" == line
    assert ">= 20,000 transactions per CPU second of the process: met (50,000 at least)" == monitors_bar(
        [handler, backlog]
    )
    assert 4 / 3 == slow.load
