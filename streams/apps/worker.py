"""The Faust application: the batch channel, the agent, the slow lane, the web endpoints, put together."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import faust
from aiokafka import AIOKafkaProducer
from prometheus_client import CollectorRegistry

from models.decisions.ensemble import Ensemble
from monitors.labels.blind_sample import BlindSample
from streams.apps.faust_app import Boot
from streams.categorizer.handler import BatchResult, CategorizeHandler
from streams.categorizer.metrics import WorkerMetrics
from streams.categorizer.recall import DECISION_ROLES, WITH_DIVERTED, recall_window
from streams.clock import Clock, wall_clock
from streams.http.server import WebServer
from streams.lanes.agent import settle_agent
from streams.lanes.delivery import ProducerFactory
from streams.lanes.duplicate_window import DuplicateWindow
from streams.lanes.intake import Course, Intake
from streams.lanes.lane import Batch
from streams.messages.cloudevents import Codec
from streams.messages.records import Received
from streams.messages.roles import Role
from streams.settings.settings import Settings
from streams.slow_lane.lane import SlowLane


class FolderlessApp(faust.App):
    """A Faust application that makes no folder: Faust makes three for tables, which a killed worker would leave."""

    logger = logging.getLogger("faust")  # else its news would come as this module's, which an operator reads

    def _create_directories(self) -> None:
        """Make none: nothing of ours is kept in files."""


def bare_app(settings: Settings, name: str) -> faust.App:
    """A Faust application that runs agents and services and touches neither Kafka nor the disk by itself.

    Args:
        settings: Say where the broker is.
        name: Faust's id of the application.
    """
    app = FolderlessApp(
        name, broker=f"aiokafka://{settings.bootstrap_servers.replace(',', ';')}", store="memory://", autodiscover=False
    )
    app.boot_strategy = Boot(app)
    return app


@dataclass(frozen=True, slots=True)
class Application:
    """A worker's parts, for those who start it."""

    app: faust.App
    intakes: Sequence[Intake]
    web: WebServer
    metrics: WorkerMetrics


def create_app(
    settings: Settings,
    ensemble: Ensemble,
    *,
    slow: bool = False,
    clock: Clock = wall_clock,
    producer_factory: ProducerFactory = AIOKafkaProducer,
    registry_factory: Callable[[], CollectorRegistry] = CollectorRegistry,
) -> Application:
    """Put a worker together; nothing is connected before it starts.

    Args:
        settings: All settings.
        ensemble: Decides.
        slow: Whether the topic of the slow lane exists; what waits there is decided also where the LLM is off by now.
        clock: The time of day, timezone-aware.
        producer_factory: Makes producers; aiokafka's by default.
        registry_factory: Makes the metrics registry.
    """
    app = bare_app(settings, settings.app_id)
    metrics = WorkerMetrics(registry_factory())
    metrics.info.labels(version("evenhand"), ensemble.model_version, settings.delivery).set(1)
    codec = Codec(source=f"/evenhand/{settings.app_id}")
    blind = BlindSample(share=settings.blind_share, seed=settings.blind_seed.get_secret_value())
    lane = SlowLane(settings, ensemble, codec=codec, metrics=metrics, clock=clock, blind=blind) if slow else None
    diverts = (lambda: lane.asks) if lane is not None else (lambda: False)
    handler = CategorizeHandler(ensemble, codec, clock, diverts=diverts, blind=blind)
    channel = app.channel(maxsize=settings.partitions)

    async def handle(records: Sequence[Received], window: DuplicateWindow) -> BatchResult:
        return handler(records, window)

    async def put(batch: Batch) -> None:
        await channel.put(batch)  # type: ignore[arg-type]  # faust takes plain values too

    settle_agent(app, channel, handle, metrics, name="categorize", concurrency=settings.concurrency)
    fast = Course(
        Role.TRANSACTIONS,
        put,
        recall_window(settings, clock, WITH_DIVERTED if slow else DECISION_ROLES),
        # Faust holds every channel back until its own consumer has an assignment; here the intake is the consumer.
        start=lambda: app.flow_control.resume(),
    )
    courses = [(fast, metrics)] if lane is None else [(fast, metrics), (lane.course, lane.metrics)]
    intakes = [
        Intake(settings, course=course, metrics=counts, clock=clock, producer_factory=producer_factory)
        for course, counts in courses
    ]
    web = WebServer(settings, registry=metrics.registry, ready=lambda: all(intake.ready for intake in intakes))
    for service in (*(lane.services if lane else ()), *intakes, web):
        app.service(service)  # type: ignore[arg-type]  # faust takes instances too
    return Application(app, intakes, web, metrics)
