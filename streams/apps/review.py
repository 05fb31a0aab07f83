"""The review queue: a Faust application that gathers what waits for people, and serves those who answer.

    transactions.review --CopyHandler--> review.journal --QueueHandler--> transactions.categorized
                                            ^       |  ^                  transactions.corrections
                        reviewers (desk) ---+       +--+ state            models.journal (what is taken back)
                                            |
    transactions.corrections --ElsewhereHandler (answers of case tools)

One process keeps the queue, since it alone sees the one partition of the journal; others copy, stand by and take over.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import faust
from aiohttp import web
from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner
from prometheus_client import CollectorRegistry

from streams.apps.faust_app import bare_app
from streams.clock import Clock, wall_clock
from streams.console.desk.contract import Desk
from streams.http.server import WebServer
from streams.kafka.answers import KafkaWatch
from streams.kafka.topics import Reader
from streams.lanes.agent import channel_agent
from streams.lanes.delivery import ProducerFactory
from streams.lanes.intake import Intake
from streams.lanes.lane import Subscription
from streams.messages.roles import Role
from streams.review_queue.copying import Copied, CopyHandler, CopyResult
from streams.review_queue.desk import KafkaDesk
from streams.review_queue.elsewhere import ElsewhereHandler, ToldResult
from streams.review_queue.handler import QueueHandler, QueueResult
from streams.review_queue.journal import JournalWriter
from streams.review_queue.keeper import Keeper
from streams.review_queue.metrics import ReviewMetrics
from streams.review_queue.outputs import Outputs
from streams.review_queue.recall import recall_nothing, recall_queue
from streams.review_queue.state.queue import Queue
from streams.settings.settings import Settings

Pages = Callable[[Desk], Sequence[web.RouteDef]]
"""Makes the routes of pages over a desk."""


@dataclass(frozen=True, slots=True)
class ReviewApplication:
    """The parts of a review queue, for those who start it."""

    app: faust.App
    intakes: tuple[Intake[Copied], Intake[Queue], Intake[Copied]]
    desk: KafkaDesk
    web: WebServer
    metrics: ReviewMetrics


def create_review(
    settings: Settings,
    *,
    partitions: int,
    clock: Clock = wall_clock,
    producer_factory: ProducerFactory = AIOKafkaProducer,
    registry_factory: Callable[[], CollectorRegistry] = CollectorRegistry,
    pages: Pages = lambda _desk: (),
) -> ReviewApplication:
    """Put a review queue together; nothing is connected before it starts.

    Args:
        settings: All settings. Delivery is transactional, whatever they say: an answer goes out once.
        partitions: Of `transactions.review`, `transactions.categorized` and `transactions.corrections`.
        clock: The time of day, timezone-aware.
        registry_factory: Makes the registry that `/metrics` shows.
        pages: Makes the routes of the pages of reviewers; each route sees to its own protection.
    """
    own = settings.model_copy(update={"web_port": settings.review_port, "delivery": "transactional"})
    app = bare_app(own, f"{own.app_id}-review")
    source = f"/evenhand/{own.app_id}"
    registry = registry_factory()
    metrics = ReviewMetrics(registry, clock)
    metrics.info.labels(version("evenhand")).set(1)
    kafka = KafkaWatch(own, clock)
    # By a function, because the desk needs the journal, and the journal what the desk knows.
    journal = JournalWriter(own, source=source, clock=clock, due=lambda: desk.due(), producer_factory=producer_factory)
    keeper = Keeper(own, here=lambda: desk.queue is not None, port=lambda: server.port)
    desk = KafkaDesk(journal, where=lambda: keeper.where, clock=clock)
    metrics.watch(lambda: desk.queue)
    outputs = Outputs(source, partition_of(partitions))
    handler = QueueHandler(outputs, partitions=partitions, clock=clock)
    copying, keeping = _copying(app, own, metrics), _keeping(app, own, handler, journal, desk, metrics)
    elsewhere = _elsewhere(app, own, source, metrics)
    intakes = (
        Intake(own, copying, counts=metrics.copying, producer_factory=producer_factory),
        Intake(own, keeping, counts=metrics.lane, producer_factory=producer_factory, named=keeper.name),
        Intake(own, elsewhere, counts=metrics.told, producer_factory=producer_factory),
    )
    server = WebServer(
        own,
        registry=registry,
        ready=lambda: all(intake.ready for intake in intakes),
        fault=lambda: kafka.fault,
        port_name="review_port",
        routes=pages(desk),
    )
    # The web server before the intakes: the name by which they join has its port.
    for service in (kafka, server, journal, keeper, *intakes):
        app.service(service)  # type: ignore[arg-type]  # faust takes instances too
    return ReviewApplication(app, intakes, desk, server, metrics)


def _copying(app: faust.App, settings: Settings, metrics: ReviewMetrics) -> Subscription[Copied]:
    def committed(state: Copied, result: CopyResult) -> None:
        state.records += result.requests
        metrics.copied(result)

    # One place a partition: no lane waits for another's batch to be taken.
    send = channel_agent(
        app,
        "copying",
        CopyHandler(settings.review_unaided_share),
        counts=metrics.copying,
        committed=committed,
        capacity=settings.partitions,
    )
    return Subscription(
        Role.REVIEW,
        send,
        recall_nothing,
        # Faust holds every channel back until its own consumer has an assignment; here the intake is the consumer.
        start=lambda: app.flow_control.resume(),
    )


def _elsewhere(app: faust.App, settings: Settings, source: str, metrics: ReviewMetrics) -> Subscription[Copied]:
    handler = ElsewhereHandler(source)

    def committed(state: Copied, result: ToldResult) -> None:
        state.records += len(result.written)

    send = channel_agent(
        app, "elsewhere", handler, counts=metrics.told, committed=committed, capacity=settings.partitions
    )
    return Subscription(Role.CORRECTIONS, send, recall_nothing, further=Reader.REVIEW)


def _keeping(
    app: faust.App,
    settings: Settings,
    handler: QueueHandler,
    journal: JournalWriter,
    desk: KafkaDesk,
    metrics: ReviewMetrics,
) -> Subscription[Queue]:
    def committed(_queue: Queue, result: QueueResult) -> None:
        metrics.committed(result)
        journal.taken(result.outcomes)

    return Subscription(
        Role.REVIEW_JOURNAL,
        channel_agent(app, "queue", handler, counts=metrics.lane, committed=committed),
        recall_queue(settings, desk.restored),
        released=desk.released,
    )


def partition_of(partitions: int) -> Callable[[bytes], int]:
    """The partition that every producer finds for a key, so that all that is said of a transaction is in one."""
    every = list(range(partitions))
    partitioner = DefaultPartitioner()
    return lambda key: int(partitioner(key, every, every))
