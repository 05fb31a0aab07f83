"""The metrics of a worker. The registry is a parameter; labels come from closed sets only."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from monitors.counts.cells import NOBODY
from streams.categorizer.follow_updates import OnlineMetrics
from streams.categorizer.handler import BatchResult
from streams.categorizer.house_rules import HouseMetrics
from streams.categorizer.promoted_model import ModelMetrics
from streams.lanes.counts import LaneCounts

BATCH_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
LLM_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
BATCH_RECORDS = (1, 5, 10, 50, 100, 250, 500, 1000, 5000, 10000)


class WorkerMetrics:
    """Counters, histograms and gauges of one worker."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.lane, self.slow_lane = _lanes(registry)
        self.decisions = Counter(
            "evenhand_decisions", "Decisions committed.", ["category", "decision"], registry=registry
        )
        self.dead_letters = Counter(
            "evenhand_dead_letters", "Dead letters committed.", ["stage", "reason"], registry=registry
        )
        self.duplicates = Counter(
            "evenhand_duplicates", "Repeated deliveries that were recognised and gave no output.", registry=registry
        )
        self.conflicts = Counter(
            "evenhand_conflicts", "Known transaction ids that came with another body.", registry=registry
        )
        self.unknown_fields = Counter(
            "evenhand_unknown_fields", "Unknown fields of transactions that were dropped.", registry=registry
        )
        self.diverted = Counter("evenhand_diverted", "Unsure decisions put off for the slow lane.", registry=registry)
        self.blind = Counter(
            "evenhand_blind_requests", "Accepted decisions that a person is asked about, too.", registry=registry
        )
        self.probes = Counter(
            "evenhand_probes",
            "Decisions that were compared with those on their twins.",
            ["attribute", "flip"],
            registry=registry,
        )
        self.llm_calls = Counter(
            "evenhand_llm_calls",
            "Transactions of the slow lane by what came of asking.",
            ["outcome"],
            registry=registry,
        )
        self.llm_seconds = Histogram(
            "evenhand_llm_seconds", "Seconds that a call of the LLM took.", buckets=LLM_SECONDS, registry=registry
        )
        self.llm_breaker = Gauge(
            "evenhand_llm_breaker", "1 for the state that the circuit breaker is in.", ["state"], registry=registry
        )
        self.online = OnlineMetrics(registry)
        self.house = HouseMetrics(registry)
        self.model = ModelMetrics(registry)
        self.info = Gauge(
            "evenhand_build_info",
            "Always 1; says what runs.",
            ["version", "model_version", "delivery"],
            registry=registry,
        )

        self._runs: tuple[str, ...] = ()

    def runs(self, *, version: str, model_version: str, delivery: str) -> None:
        """Say what runs, in place of what was said before."""
        if self._runs:
            self.info.remove(*self._runs)
        self._runs = (version, model_version, delivery)
        self.info.labels(*self._runs).set(1)

    def committed(self, result: BatchResult) -> None:
        """Count a batch after its commit."""
        for (category, review), count in result.tally.counts.items():
            self.decisions.labels(category, "review" if review else "categorized").inc(count)
        for (stage, reason), count in result.dead_letters.items():
            self.dead_letters.labels(stage, reason).inc(count)
        self.duplicates.inc(result.duplicates)
        self.conflicts.inc(result.conflicts)
        self.unknown_fields.inc(result.unknown_fields)
        self.diverted.inc(result.diverted)
        self.blind.inc(result.blind)
        for (attribute, flip), count in result.probes.items():
            self.probes.labels(attribute.value if attribute else NOBODY, flip.value).inc(count)
        self.house.decisions.inc(result.by_house)


def _lanes(registry: CollectorRegistry) -> tuple[LaneCounts, LaneCounts]:
    """Counts of the lanes of the input, and of the slow lane; aborted batches of both are one figure."""
    aborted = Counter(
        "evenhand_transactions_aborted", "Batches whose commit failed and which were read again.", registry=registry
    )
    fast = LaneCounts.register(
        registry,
        "evenhand",
        lag="Records of the input not yet committed.",
        partitions="Input partitions that this worker serves.",
        batch_seconds="Seconds from taking a batch to its commit.",
        buckets=BATCH_SECONDS,
        aborted=aborted,
        batch_records=Histogram(
            "evenhand_batch_records", "Records in a committed batch.", buckets=BATCH_RECORDS, registry=registry
        ),
    )
    slow = LaneCounts.register(
        registry,
        "evenhand_slow",
        lag="Records waiting in the slow lane.",
        partitions="Partitions of the slow lane that this worker serves.",
        batch_seconds="Seconds from taking a batch of the slow lane to its commit.",
        buckets=LLM_SECONDS,
        aborted=aborted,
        batch_records=Histogram(
            "evenhand_slow_batch_records",
            "Records in a committed batch of the slow lane.",
            buckets=BATCH_RECORDS,
            registry=registry,
        ),
    )
    return fast, slow
