"""The monitor: a Faust application that takes summaries, judges, publishes alerts and serves the console.

    transactions.corrections --CorrectionsHandler--> fairness.observations --MonitorHandler--> fairness.alerts
                                                        ^                        |    ^
                    categorizer (streams.apps.worker) --+                        v    | restored at the start
                                                                           fairness.state

One monitor judges, since it alone sees the one partition of the summaries; others stand by and take over.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import faust
from aiokafka import AIOKafkaProducer
from prometheus_client import CollectorRegistry

from streams.apps.worker import bare_app
from streams.clock import Clock, wall_clock
from streams.console.views import Console
from streams.corrections.handler import CorrectionsHandler, CorrectionsResult, recall_corrections
from streams.corrections.metrics import CorrectionsMetrics
from streams.http.server import WebServer
from streams.lanes.agent import settle_agent
from streams.lanes.delivery import ProducerFactory
from streams.lanes.duplicate_window import DuplicateWindow
from streams.lanes.intake import Course, Intake
from streams.lanes.lane import Batch
from streams.messages.records import Received
from streams.messages.roles import Role
from streams.monitor.alertmanager import AlertmanagerClient
from streams.monitor.handler import Judging, Memory, MonitorHandler, MonitorResult
from streams.monitor.lag import LagWatch
from streams.monitor.metrics import MonitorMetrics
from streams.monitor.publisher import Publisher
from streams.monitor.recall import recall_state
from streams.settings.endpoint import AllowList
from streams.settings.settings import Settings

REST_SECONDS = 0.5
"""Between two looks at what was observed: judging takes as long for one summary as for a hundred."""


@dataclass(frozen=True, slots=True)
class MonitorApplication:
    """A monitor's parts, for those who start it."""

    app: faust.App
    intakes: Sequence[Intake]
    web: WebServer
    metrics: MonitorMetrics


def create_monitor(
    settings: Settings,
    judging: Judging,
    *,
    partitions: int,
    clock: Clock = wall_clock,
    producer_factory: ProducerFactory = AIOKafkaProducer,
    registry_factory: Callable[[], CollectorRegistry] = CollectorRegistry,
) -> MonitorApplication:
    """Put a monitor together; nothing is connected before it starts.

    Args:
        settings: All settings. Delivery is transactional, whatever they say: counts must be neither lost nor doubled.
        judging: What is judged by.
        partitions: Number of partitions of the input topic.
        clock: The time of day, timezone-aware.
        producer_factory: Makes producers; aiokafka's by default.
        registry_factory: Makes the metrics registry.

    Raises:
        ConfigurationError: The address of Alertmanager cannot be used.
    """
    own = settings.model_copy(update={"web_port": settings.monitor_port, "delivery": "transactional"})
    app = bare_app(own, f"{own.app_id}-monitor")
    registry = registry_factory()
    metrics, counts = MonitorMetrics(registry), CorrectionsMetrics(registry)
    metrics.info.labels(version("evenhand"), judging.model_version).set(1)
    poster = _poster(own, metrics, clock)
    watch = LagWatch(own, partitions, lambda: publisher.observed)
    publisher = Publisher(metrics, clock, model_version=judging.model_version, lag=lambda: watch.records, poster=poster)
    token = own.web_token
    console = Console(
        publisher.latest,
        rules=judging.rules,
        token=None if token is None else token.get_secret_value(),
        encoded=metrics.encoded,
    )
    publisher.watched = console.look
    courses = (
        (_observations(app, own, judging, publisher, metrics, clock), metrics),
        (_corrections(app, own, counts, clock), counts),
    )
    intakes = [
        Intake(own, course=course, metrics=lane_metrics, clock=clock, producer_factory=producer_factory)
        for course, lane_metrics in courses
    ]
    web = _web(own, console, registry, intakes)
    for service in (watch, *((poster,) if poster else ()), *intakes, web):
        app.service(service)
    return MonitorApplication(app, intakes, web, metrics)


def _observations(
    app: faust.App, settings: Settings, judging: Judging, publisher: Publisher, metrics: MonitorMetrics, clock: Clock
) -> Course:
    handler = MonitorHandler(judging, source=f"/evenhand/{settings.app_id}", clock=clock)
    channel = app.channel(maxsize=1)

    async def handle(records: Sequence[Received], memory: Memory) -> MonitorResult:
        return handler(records, memory)

    async def put(batch: Batch) -> None:
        await channel.put(batch)  # type: ignore[arg-type]  # faust takes plain values too

    settle_agent(app, channel, handle, metrics, name="monitor", after=publisher.committed)
    return Course(
        Role.OBSERVATIONS,
        put,
        recall_state(settings, judging, publisher, clock),
        # Faust holds every channel back until its own consumer has an assignment; here the intake is the consumer.
        start=lambda: app.flow_control.resume(),
        released=publisher.released,
        rest=REST_SECONDS,
    )


def _corrections(app: faust.App, settings: Settings, metrics: CorrectionsMetrics, clock: Clock) -> Course:
    handler = CorrectionsHandler(clock)
    channel = app.channel(maxsize=settings.partitions)

    async def handle(records: Sequence[Received], window: DuplicateWindow) -> CorrectionsResult:
        return handler(records, window)

    async def put(batch: Batch) -> None:
        await channel.put(batch)  # type: ignore[arg-type]  # faust takes plain values too

    settle_agent(app, channel, handle, metrics, name="corrections")
    return Course(Role.CORRECTIONS, put, recall_corrections(settings, clock))


def _poster(settings: Settings, metrics: MonitorMetrics, clock: Clock) -> AlertmanagerClient | None:
    if not settings.alertmanager_url:
        return None
    return AlertmanagerClient(
        settings.alertmanager_url,
        metrics=metrics,
        clock=clock,
        token=settings.alertmanager_token,
        ca_location=settings.alertmanager_ca_location,
        allowed=AllowList.of(settings.alertmanager_allowed),
        allow_plaintext=settings.allow_plaintext,
    )


def _web(settings: Settings, console: Console, registry: CollectorRegistry, intakes: Sequence[Intake]) -> WebServer:
    return WebServer(
        settings,
        registry=registry,
        ready=lambda: all(intake.ready for intake in intakes),
        fault=console.look,
        routes=console.routes(),
        on_shutdown=console.on_shutdown,
    )
