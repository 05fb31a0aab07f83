"""What a monitor shows after each commit: the snapshot of the console, and the gauges of Prometheus."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from prometheus_client import CollectorRegistry

from monitors.counts.cells import BINS, confidence_bin
from monitors.counts.windows import KEPT, Window
from monitors.snapshot import Hour, Snapshot
from streams.monitor.alerting.client import AlertmanagerClient
from streams.monitor.alerting.outbox import SCHEDULE, Outbox
from streams.monitor.live_snapshot import RATE_SECONDS, LiveSnapshot
from streams.monitor.metrics import MonitorMetrics
from streams.monitor.publisher import Publisher
from tests.harness.monitoring import BOTH, HOUR, NEWEST, Clock, Decisions, Watched, summary
from tests.harness.voters import NOON

MANY = Decisions(accepted=500, review=500)


class Shown:
    """A monitor with its publisher; every batch is committed."""

    def __init__(self, lag: int | None = None, poster: AlertmanagerClient | None = None) -> None:
        self.registry, self.clock, self.lag = CollectorRegistry(), Clock(), lag
        self.watched = Watched(BOTH, self.clock)
        self.silent: datetime | None = None
        self.live = LiveSnapshot(self.clock, model_version="m1", lag=lambda: self.lag, kafka_silent=lambda: self.silent)
        self.publisher = Publisher(MonitorMetrics(self.registry), self.live, poster=poster)
        self.publisher.restored(self.watched.memory)

    def see(self, *observations: object) -> Snapshot:
        """One batch, and what is shown after it."""
        self.publisher.committed(self.watched.memory, self.watched.see(*observations))  # type: ignore[arg-type]
        return self.live.latest()

    def gauge(self, name: str, **labels: str) -> float | None:
        """What Prometheus reads."""
        return self.registry.get_sample_value(f"evenhand_{name}", labels)


def hour(start: datetime, decisions: int, review: int) -> Hour:
    """Figures of one hour."""
    return Hour(start, decisions, review)


def at(bucket: int) -> datetime:
    """Beginning of a bucket."""
    return datetime.fromtimestamp(bucket * 300, UTC)


def test_a_broker_that_falls_silent_changes_the_snapshot() -> None:
    """Without a commit, as there can be none meanwhile; what waits is not known then."""
    shown = Shown(lag=7)
    seen = []
    for shown.silent in (None, NOON, None):
        snapshot = shown.live.latest()
        seen.append((snapshot.kafka_silent, snapshot.waiting))

    assert [(None, 7), (NOON, None), (None, 7)] == seen


def test_before_the_first_summary_nothing_is_known() -> None:
    """A page that is opened then says so."""
    shown = Shown(lag=7)
    snapshot = shown.live.latest()
    assert (None, {}, {}, {}, (), 0.0) == (
        snapshot.newest,
        snapshot.decisions,
        snapshot.confidence,
        snapshot.trend,
        snapshot.alerts,
        snapshot.per_second,
    )
    assert (shown.clock.now, "m1") == (snapshot.at, snapshot.model_version)
    assert 0 == shown.gauge("newest_event_seconds")


def test_windows_end_with_the_newest_bucket() -> None:
    """One hour, a day and seven days of event time; the end is that of the bucket."""
    snapshot = Shown().see(
        summary(
            0,
            Decisions(accepted=1, bucket=NEWEST - KEPT + 1),
            Decisions(accepted=20, bucket=NEWEST - 24 * HOUR),
            Decisions(accepted=300, bucket=NEWEST - HOUR),
            Decisions(accepted=4_000, review=50_000, bucket=NEWEST - HOUR + 1),
            Decisions(review=600_000, bucket=NEWEST),
        )
    )
    assert {Window.HOUR: 654_000, Window.DAY: 654_300, Window.WEEK: 654_321} == snapshot.decisions
    assert at(NEWEST + 1) == snapshot.newest


def test_confidence_is_a_histogram_of_each_window() -> None:
    """All bins, of all decisions in the window."""
    snapshot = Shown().see(
        summary(0, Decisions(accepted=3, confidence=0.97), Decisions(review=2, confidence=0.41)),
        summary(1, Decisions(accepted=5, confidence=0.97, bucket=NEWEST - 2 * HOUR)),
    )
    expected = [0] * BINS
    expected[confidence_bin(0.97)], expected[confidence_bin(0.41)] = 3, 2
    assert expected == list(snapshot.confidence[Window.HOUR])
    assert 8 == snapshot.confidence[Window.DAY][confidence_bin(0.97)]


def test_the_trend_has_hours_of_the_clock_for_each_category() -> None:
    """From full hour to full hour, oldest first, only those with decisions; in UTC."""
    noon = NEWEST // HOUR * HOUR
    snapshot = Shown().see(
        summary(
            0,
            Decisions(accepted=5, review=1, bucket=noon - 1),
            Decisions(accepted=2, bucket=noon),
            Decisions(accepted=3, review=4, bucket=noon + 1, band="over_1000"),
            Decisions(review=9, category="fuel", bucket=noon - 30),
            Decisions(accepted=1, bucket=noon + HOUR - 1),
        )
    )
    assert {
        "pets": [hour(at(noon - HOUR), 6, 1), hour(at(noon), 10, 4)],
        "fuel": [hour(at(noon - 3 * HOUR), 9, 9)],
    } == snapshot.trend


def test_the_trend_forgets_what_is_older_than_a_week() -> None:
    """Bucket by bucket, so that the oldest hour may be a part of one."""
    shown = Shown()
    start = NEWEST // HOUR * HOUR
    shown.see(summary(0, *(Decisions(accepted=1, bucket=start + place) for place in range(HOUR))))
    after = shown.see(summary(1, Decisions(accepted=1, bucket=start + KEPT + 4, category="fuel")))
    assert [hour(at(start), HOUR - 5, 0)] == after.trend["pets"]
    gone = shown.see(summary(2, Decisions(accepted=1, bucket=start + KEPT + HOUR, category="fuel")))
    assert {"fuel"} == gone.trend.keys()


@pytest.mark.parametrize("seed", range(6))
def test_what_is_remembered_between_commits_shows_in_nothing(seed: int) -> None:
    """After any batches the snapshot is that of a monitor that starts anew and adds everything up."""
    random, shown = Random(seed), Shown()
    newest = NEWEST
    for number in range(12):
        newest += random.choice((0, 1, 5, 40, 900))
        batch = [
            Decisions(
                accepted=random.randrange(300),
                review=random.randrange(300),
                category=random.choice(("pets", "fuel", "groceries")),
                bucket=newest - random.choice((0, 1, 20, 300, 2_000, 2_030)),
                confidence=random.random(),
            )
            for _ in range(random.randint(1, 6))
        ]
        snapshot = shown.see(summary(number, *batch), summary(0, *batch, source="transactions:0"))
        fresh = Shown()
        fresh.watched.written = shown.watched.written
        fresh.clock.now = shown.clock.now
        fresh.watched.restart()
        fresh.publisher.restored(fresh.watched.memory)
        anew = fresh.live.latest()
        for name in ("newest", "decisions", "confidence", "trend", "readings", "late", "expired"):
            assert getattr(anew, name) == getattr(snapshot, name), (number, name)
        shown.clock.move(minutes=random.choice((0, 3, 70)))


def test_throughput_is_of_the_last_minute() -> None:
    """Decisions per second of the clock; none are left a minute after the last batch, though nothing was committed."""
    shown = Shown()
    shown.see(summary(0, Decisions(accepted=600)))
    shown.clock.move(seconds=30)
    snapshot = shown.see(summary(1, Decisions(accepted=1_200)))
    assert 1_800 / RATE_SECONDS == snapshot.per_second
    shown.clock.move(seconds=31)
    later = shown.live.latest()
    assert 1_200 / RATE_SECONDS == later.per_second
    assert (shown.clock.now, snapshot.readings) == (later.at, later.readings)
    shown.clock.move(seconds=60)
    assert 0 == shown.live.latest().per_second


def test_the_lag_is_that_of_now() -> None:
    """Where workers stand still nothing is committed, and the page shows how much waits."""
    shown = Shown(lag=5)
    assert 5 == shown.see(summary(0, MANY)).lag
    shown.lag = 70_000
    assert 70_000 == shown.live.latest().lag
    shown.lag = None
    assert None is shown.live.latest().lag


def test_what_waits_for_the_first_worker_is_told() -> None:
    """From the start on, before any summary came; a monitor that stands by does not know what another has observed."""
    shown = Shown(lag=3_000)
    begun = shown.live.latest()
    assert (3_000, None, 0) == (begun.waiting, begun.reported, begun.reporting)
    shown.publisher.released()
    assert None is shown.live.latest().waiting
    shown.publisher.restored(shown.watched.memory)
    assert 3_000 == shown.live.latest().waiting


def test_how_long_no_worker_has_reported_can_be_told() -> None:
    """The moment moves on with each look though nothing is committed; the last report stays, and what waits grows."""
    shown = Shown(lag=0)
    sources = ("transactions:0", "transactions:1", "transactions.slow:0")
    first = shown.see(*(summary(0, MANY, source=source) for source in sources))
    assert (2, 0) == (first.reporting, first.waiting)
    shown.clock.move(seconds=61)
    shown.lag = 3_000
    later = shown.live.latest()
    assert (shown.clock.now, first.reported, 3_000) == (later.at, later.reported, later.waiting)
    assert later is shown.live.latest()


def test_steps_labels_and_lines_are_shown() -> None:
    """Of the state, after each batch and after a restart."""
    shown = Shown()
    snapshot = shown.see(summary(0, MANY))
    assert [alert.fingerprint for alert in snapshot.alerts] == [step.fingerprint for step in reversed(snapshot.steps)]
    assert (0, None) == (snapshot.labels, snapshot.last_label)
    assert [0.5] == [figure for _, figure in snapshot.lines["review_share"]]


def test_where_nothing_changed_the_snapshot_is_the_same() -> None:
    """Whoever looks every second can tell by identity that there is nothing to encode."""
    shown = Shown(lag=5)
    shown.see(summary(0, MANY))
    assert shown.live.latest() is shown.live.latest()


def test_records_that_were_observed_are_shown_by_topic() -> None:
    """Offsets of all partitions added up; corrections apart from transactions."""
    shown = Shown()
    shown.see(summary(0, MANY), summary(1, MANY), summary(0, source="transactions:1"))
    shown.see(summary(0, source="transactions.corrections:0"))
    assert 3_000 == shown.gauge("observed_records", topic="transactions")
    assert 1_000 == shown.gauge("observed_records", topic="transactions.corrections")
    assert {"transactions:0": 2_000, "transactions:1": 1_000, "transactions.corrections:0": 1_000} == (
        shown.live.observed
    )


def test_late_records_and_the_newest_time_are_shown() -> None:
    """As gauges, and in the snapshot."""
    shown = Shown()
    snapshot = shown.see(
        summary(0, Decisions(accepted=1)),
        summary(1, Decisions(accepted=3, bucket=NEWEST - 100), Decisions(accepted=2, bucket=NEWEST - KEPT)),
    )
    assert (5, 2) == (snapshot.late, snapshot.expired)
    assert (5, 2) == (shown.gauge("late_records"), shown.gauge("expired_records"))
    assert (NEWEST + 1) * 300 == shown.gauge("newest_event_seconds")


def test_readings_and_alerts_are_shown_and_taken_back() -> None:
    """What is over leaves no gauge behind."""
    shown = Shown()
    snapshot = shown.see(summary(0, MANY))
    about = {"monitor": "review_rate", "category": "pets", "group": "", "window": "1h"}
    assert 0.5 == shown.gauge("reading", **about)
    assert {"pets"} == {alert.category for alert in snapshot.alerts if alert.category}
    severity = next(alert.severity.value for alert in snapshot.alerts if alert.category)
    assert 1 == shown.gauge("alert_open", **about, severity=severity)
    shown.clock.move(minutes=10)
    assert () == shown.see(summary(1, Decisions(accepted=99_000))).alerts
    assert None is shown.gauge("alert_open", **about, severity=severity)


def poster(clock: Clock) -> AlertmanagerClient:
    """One that was not started: it posts nothing."""
    return AlertmanagerClient("http://127.0.0.1:9", metrics=MonitorMetrics(CollectorRegistry()), clock=clock)


def test_a_monitor_that_judges_no_more_shows_nothing() -> None:
    """Another took the partition over: figures and alerts of the past would stand beside its own, and never end."""
    clock = Clock()
    posts = poster(clock)
    shown = Shown(poster=posts)
    shown.see(summary(0, MANY))
    assert posts._outbox.postings(clock.now)
    shown.publisher.released()
    snapshot = shown.live.latest()
    assert ((), (), None, {}) == (snapshot.readings, snapshot.alerts, snapshot.newest, shown.live.observed)
    samples = [sample for family in shown.registry.collect() for sample in family.samples]
    assert [] == [one for one in samples if one.name.startswith(("evenhand_reading", "evenhand_alert_open"))]
    assert None is shown.gauge("observed_records", topic="transactions")
    assert [] == posts._outbox.postings(clock.now)
    shown.publisher.restored(shown.watched.memory)
    assert 1_000 == shown.live.latest().decisions[Window.HOUR]
    assert posts._outbox.postings(clock.now)


def test_what_is_forgotten_is_not_ended() -> None:
    """The monitor that takes over posts the same alert: it must not be told that it ended in between."""
    shown = Shown()
    alerts = shown.see(summary(0, MANY)).alerts
    outbox = Outbox(SCHEDULE, console="")
    outbox.take(alerts, (), shown.clock.now)
    outbox.forget()
    assert [] == outbox.postings(shown.clock.now)
    assert not outbox.take((), (), shown.clock.now + timedelta(seconds=1))
    assert outbox.take(alerts, (), shown.clock.now)
    assert len(alerts) == len(outbox.postings(shown.clock.now))
