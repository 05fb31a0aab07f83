"""What the console, the metrics and the topic of alerts say of one monitor: the same, after every batch."""

import json
from dataclasses import replace
from random import Random
from typing import Any

from prometheus_client import CollectorRegistry

from models.contracts.taxonomy import CATEGORIES
from monitors.base.contract import Rules
from monitors.catalogue.registry import MONITORS
from monitors.counts.observation import Observation
from streams.console.feed import Feed
from streams.messages.roles import Role
from streams.monitor.live_snapshot import LiveSnapshot
from streams.monitor.metrics import MonitorMetrics
from streams.monitor.publisher import Publisher
from tests.harness.monitoring import HOUR, NEWEST, Clock, Decisions, Watched, judging, summary

DAYS = 3
SUBJECT = ("monitor", "category", "group", "severity")


class Told:
    """A monitor with everything that tells of it; each batch is committed."""

    def __init__(self) -> None:
        self.clock, self.registry = Clock(), CollectorRegistry()
        metrics = MonitorMetrics(self.registry)
        self.watched = Watched(judging(*MONITORS), self.clock)
        self.live = LiveSnapshot(self.clock, model_version="m1", lag=lambda: None)
        self.feed = Feed(self.live.latest, rules=Rules(), encoded=metrics.encoded)
        self.publisher = Publisher(metrics, self.live, watched=self.feed.current)

    def see(self, *observations: Observation) -> None:
        """One batch."""
        self.publisher.committed(self.watched.memory, self.watched.see(*observations))
        self.clock.move(minutes=7)

    @property
    def state(self) -> dict[str, Any]:
        """What `/api/state` answers."""
        frame = self.feed.current()
        assert "" == frame.fault
        return json.loads(frame.body)  # type: ignore[no-any-return]

    @property
    def on_the_page(self) -> set[tuple[str, ...]]:
        """Open alerts of the console."""
        return {tuple(alert[name] or "" for name in SUBJECT) for alert in self.state["alerts"]}

    @property
    def in_metrics(self) -> set[tuple[str, ...]]:
        """Open alerts of Prometheus."""
        samples = [one for family in self.registry.collect() for one in family.samples]
        return {
            tuple(one.labels[name] for name in SUBJECT)
            for one in samples
            if one.name == "evenhand_alert_open" and one.value == 1
        }

    @property
    def on_the_topic(self) -> set[tuple[str, ...]]:
        """Open alerts of whoever reads `fairness.alerts` from its start."""
        last = {alert.key: json.loads(alert.value or b"") for alert in self.watched.of(Role.ALERTS)}
        return {tuple(step[name] or "" for name in SUBJECT) for step in last.values() if step["state"] != "resolved"}


def week(random: Random) -> list[Decisions]:
    """Ordinary days before the newest: 4% of each category goes to review, a third of that in some."""
    return [
        Decisions(
            accepted=random.randint(280, 320),
            review=random.randint(4, 14),
            category=category,
            bucket=NEWEST - 24 * HOUR * ago - 7,
        )
        for ago in range(1, DAYS + 1)
        for category in CATEGORIES
    ]


def without_codes(random: Random, category: str) -> Decisions:
    """Some hours of the newest day: everything goes to review a little more often, two categories much more."""
    share = 0.45 if category in ("pets", "travel") else random.uniform(0.03, 0.08)
    count = random.randint(250, 400)
    return Decisions(accepted=count - round(share * count), review=round(share * count), category=category)


def test_a_rise_on_weak_evidence_hides_no_alert() -> None:
    """Ordinary days, then codes are withheld: warnings open, small rises are held to be chance, and all is told."""
    random, told = Random(8), Told()
    told.see(summary(0, *week(random)))
    assert set() == told.on_the_page

    for number in range(1, 9):
        told.see(summary(number, *(without_codes(random, category) for category in CATEGORIES)))
        assert told.in_metrics == told.on_the_page == told.on_the_topic

    rises = [one for one in told.state["readings"] if one["monitor"] == "review_rise" and one["state"] == "ok"]
    assert any(one["value"] > one["threshold"] and one["evidence"] < 2 for one in rises)
    assert {("review_rate", "pets"), ("review_rate", "travel")} <= {subject[:2] for subject in told.on_the_page}
    assert 0 == told.registry.get_sample_value("evenhand_console_broken")
    assert 0 == told.registry.get_sample_value("evenhand_console_unencodable_total")


def test_what_cannot_be_told_is_counted_though_nobody_watches() -> None:
    """After the commit at which it came, and until there is a state again that can be told."""
    told = Told()
    told.see(summary(0, Decisions(accepted=500)))
    told.live.snapshot = replace(told.live.snapshot, late="many")  # type: ignore[arg-type]  # that is the fault
    told.feed.current()

    assert 1 == told.registry.get_sample_value("evenhand_console_unencodable_total")
    assert 1 == told.registry.get_sample_value("evenhand_console_broken")
    told.see(summary(1, Decisions(accepted=500)))
    assert 1 == told.registry.get_sample_value("evenhand_console_unencodable_total")
    assert 0 == told.registry.get_sample_value("evenhand_console_broken")
