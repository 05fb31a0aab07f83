"""Metrics of the learner. The registry is a parameter; labels come from closed sets only."""

from collections.abc import Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge

from streams.lanes.counts import SECONDS, LaneCounts
from streams.learner.learning import LearningResult
from streams.learner.memory import Memory
from streams.learner.sequencing import STAGE, SequencedResult


class LearnerMetrics:
    """Counters and gauges of both lanes: corrections into the journal, and the journal into what is known."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.sequencing, self.learning = _lanes(registry)
        self.sequenced = Counter("evenhand_sequenced", "Corrections put into the journal.", registry=registry)
        self.duplicates = Counter("evenhand_sequenced_duplicates", "Repeats of corrections.", registry=registry)
        self.dead_letters = Counter(
            "evenhand_learner_dead_letters",
            "Corrections refused by the learner.",
            ["stage", "reason"],
            registry=registry,
        )
        self.outcomes = Counter(
            "evenhand_learned", "Corrections and instructions by what became of them.", ["outcome"], registry=registry
        )
        self.updates = Counter(
            "evenhand_learner_parts", "Parts of what was learned that workers were told.", registry=registry
        )
        self.drifts = Counter(
            "evenhand_online_drifts",
            "Changes that ADWIN found in how often decisions were right before they were learned from.",
            registry=registry,
        )
        self.state = {
            name: Gauge(f"evenhand_{name}", help_text, registry=registry) for name, help_text in _STATE.items()
        }
        self._drifts = 0
        self.info = Gauge(
            "evenhand_learner_info", "Always 1; says what runs.", ["version", "model_version"], registry=registry
        )

    def put_in_order(self, result: SequencedResult) -> None:
        """Count a batch of corrections after its commit."""
        self.sequenced.inc(result.entries)
        self.duplicates.inc(result.duplicates)
        for (stage, reason), count in result.dead_letters.items():
            self.dead_letters.labels(stage, reason).inc(count)

    def learned(self, result: LearningResult) -> None:
        """Count a batch of the journal after its commit, and show the state where people are told it."""
        for outcome, count in result.taken.outcomes.items():
            self.outcomes.labels(outcome).inc(count)
        for _, error in result.taken.refused:
            self.dead_letters.labels(STAGE, error.reason).inc()
        self.updates.inc(result.updates)
        if result.report is not None:
            self._show(result.report)

    def restored(self, memory: Memory) -> None:
        """Show a state that was learned again; the drifts in it were counted when they were found."""
        report = memory.report()
        self._drifts = report["prequential"]["drifts"]
        self._show(report)

    def clear(self) -> None:
        """Show nothing: another learner learns now."""
        for gauge in self.state.values():
            gauge.set(0)

    def _show(self, report: Mapping[str, Any]) -> None:
        scored = report["prequential"]
        # Fewer than before where something was unlearned.
        self.drifts.inc(max(0, scored["drifts"] - self._drifts))
        self._drifts = scored["drifts"]
        values = {
            "learner_offset": max(0, report["offset"]),
            "learner_parked": report["parked"],
            "learner_quarantine": report["quarantine_total"],
            "learner_proposals": report["proposals_total"],
            "learner_frozen": int(report["frozen"]),
            "learner_waiting": report["waiting"],
            "online_parts": sum(report["parts"].values()),
            "online_scored": scored["scored"],
            "online_accuracy": scored["recent_share"] or 0.0,
        }
        for name, value in values.items():
            self.state[name].set(value)


_STATE = {
    "learner_offset": "Entry of the journal that last changed what workers know.",
    "learner_parked": "Corrections that wait for their transaction.",
    "learner_quarantine": "Corrections in quarantine.",
    "learner_proposals": "Proposals that wait for an approver.",
    "learner_frozen": "1 while nothing is learned.",
    "learner_waiting": "Corrections and instructions that wait while nothing is learned.",
    "online_parts": "Merchants, families and merchants of accounts that are known by corrections.",
    "online_scored": "Corrections for everyone by which decisions were scored before they were learned from.",
    "online_accuracy": "Share of the last 500 of them in which the decision was right; 0 before the first.",
}
"""Gauge, without its beginning, to what it says."""


def _lanes(registry: CollectorRegistry) -> tuple[LaneCounts, LaneCounts]:
    return (
        LaneCounts.register(
            registry,
            "evenhand_sequencing",
            lag="Corrections not yet in the journal.",
            partitions="Partitions of corrections that this learner serves.",
            batch_seconds="Seconds from taking a batch of corrections to its commit.",
            buckets=SECONDS,
        ),
        LaneCounts.register(
            registry,
            "evenhand_learning",
            lag="Entries of the journal not yet learned.",
            partitions="1 on the learner that learns, 0 on those that stand by.",
            batch_seconds="Seconds from taking a batch of entries to its commit: learning, and telling the workers.",
            buckets=SECONDS,
        ),
    )
