"""The metrics of the review queue. The registry is a parameter; labels come from closed sets only."""

from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from models.contracts.taxonomy import CATEGORIES
from streams.clock import Clock, wall_clock
from streams.lanes.counts import SECONDS, LaneCounts
from streams.review_queue.copying import CopyResult
from streams.review_queue.handler import QueueResult
from streams.review_queue.state.queue import Queue

WAITED = (60.0, 300.0, 900.0, 3600.0, 4 * 3600.0, 12 * 3600.0, 86_400.0, 2 * 86_400.0, 4 * 86_400.0)
"""Upper bounds of the buckets of the seconds that requests wait."""


class ReviewMetrics:
    """Counters, gauges and histograms of one process of the review queue."""

    def __init__(self, registry: CollectorRegistry, clock: Clock = wall_clock) -> None:
        self._clock = clock
        self._queue: Callable[[], Queue | None] = lambda: None
        self._register_lanes(registry)
        self.requests = Counter("evenhand_review_requests", "Requests that came to the queue.", registry=registry)
        self.answers = Counter(
            "evenhand_review_answers", "Answers, by the category that was answered.", ["category"], registry=registry
        )
        for category in CATEGORIES:
            self.answers.labels(category)
        self.asked = Counter(
            "evenhand_review_asked",
            "What was asked of the queue, and what came of it.",
            ["ask", "outcome"],
            registry=registry,
        )
        self.expired = Counter("evenhand_review_expired", "Requests that nobody answered in time.", registry=registry)
        self.settled = Counter(
            "evenhand_review_settled", "Requests done with: answered for good, or expired.", registry=registry
        )
        self.dead_letters = Counter(
            "evenhand_review_dead_letters", "Requests and entries refused.", ["stage", "reason"], registry=registry
        )
        self.waited = Histogram(
            "evenhand_review_waited_seconds",
            "Seconds from a request's arrival to its answer.",
            buckets=WAITED,
            registry=registry,
        )
        self.open = Gauge("evenhand_review_open", "Requests that wait for an answer.", registry=registry)
        self.open.set_function(lambda: 0 if (queue := self._queue()) is None else queue.waiting)
        self.oldest = Gauge(
            "evenhand_review_oldest_seconds", "Age of the oldest request that waits; 0 without one.", registry=registry
        )
        self.oldest.set_function(self._age)
        self.left_out = Gauge(
            "evenhand_review_left_out",
            "Records of the queue that another release wrote and this one cannot read.",
            registry=registry,
        )
        self.left_out.set_function(lambda: 0 if (queue := self._queue()) is None else queue.left_out)
        self.info = Gauge("evenhand_review_build_info", "Always 1; says what runs.", ["version"], registry=registry)

    def _register_lanes(self, registry: CollectorRegistry) -> None:
        self.copying = LaneCounts.register(
            registry,
            "evenhand_review_copying",
            lag="Requests not yet in the queue.",
            partitions="Partitions of requests that are copied to the queue.",
            batch_seconds="Seconds from taking a batch of requests to its commit.",
            buckets=SECONDS,
        )
        self.told = LaneCounts.register(
            registry,
            "evenhand_review_told",
            lag="Corrections not yet looked at for answers of case tools.",
            partitions="Partitions of corrections that are looked at for answers of case tools.",
            batch_seconds="Seconds from taking a batch of corrections to its commit.",
            buckets=SECONDS,
        )
        self.lane = LaneCounts.register(
            registry,
            "evenhand_review_queue",
            lag="Entries of the queue not yet taken.",
            partitions="1 where this process keeps the queue.",
            batch_seconds="Seconds from taking a batch of entries to its commit.",
            buckets=SECONDS,
        )

    def watch(self, queue: Callable[[], Queue | None]) -> None:
        """Read the gauges off the queue that is kept here."""
        self._queue = queue

    def _age(self) -> float:
        queue = self._queue()
        oldest = None if queue is None else queue.oldest_ms()
        return 0.0 if oldest is None else max(0.0, self._clock().timestamp() - oldest / 1000)

    def copied(self, result: CopyResult) -> None:
        """Count a batch of requests after its commit."""
        self._count_refused(result.dead_letters)

    def committed(self, result: QueueResult) -> None:
        """Count a batch of entries after its commit."""
        self.requests.inc(result.opened.total())
        for category, count in result.answers.items():
            self.answers.labels(category.value).inc(count)
        for (ask, outcome), count in result.asked.items():
            self.asked.labels(ask.value, outcome).inc(count)
        self.expired.inc(result.expired)
        self.settled.inc(result.settled)
        for seconds in result.waited:
            self.waited.observe(seconds)
        self._count_refused(result.dead_letters)

    def _count_refused(self, dead_letters: Mapping[tuple[str, str], int]) -> None:
        for (stage, reason), count in dead_letters.items():
            self.dead_letters.labels(stage, reason).inc(count)
