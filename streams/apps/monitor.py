"""The monitor: a Faust application that takes summaries, judges, publishes alerts and serves the console.

    transactions.corrections --CorrectionsHandler--> fairness.observations --MonitorHandler--> fairness.alerts
                                                        ^                        |    ^
                    categorizer (streams.apps.worker) --+                        v    | restored at the start
                                                                           fairness.state

One monitor judges, since it alone sees the one partition of the summaries; others stand by and take over.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

import faust
from aiokafka import AIOKafkaProducer
from prometheus_client import CollectorRegistry

from streams.apps.faust_app import bare_app
from streams.clock import Clock, wall_clock
from streams.console.desk.serve import review_links
from streams.console.views import Console
from streams.corrections.handler import CorrectionsHandler, CorrectionsResult
from streams.corrections.metrics import CorrectionsMetrics
from streams.corrections.recall import recall_corrections
from streams.http.server import WebServer
from streams.kafka.answers import KafkaWatch
from streams.lanes.agent import channel_agent
from streams.lanes.delivery import ProducerFactory
from streams.lanes.duplicate_window import DuplicateWindow
from streams.lanes.intake import Intake
from streams.lanes.lane import Subscription
from streams.messages.roles import Role
from streams.monitor.alerting.client import AlertmanagerClient
from streams.monitor.handler import Memory, MonitorHandler, MonitorResult
from streams.monitor.judging import Judging
from streams.monitor.lag import LagWatch
from streams.monitor.live_snapshot import LiveSnapshot
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
    intakes: tuple[Intake[Memory], Intake[DuplicateWindow]]
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
        clock: The time of day, timezone-aware.
        registry_factory: Makes the registry that `/metrics` shows.

    Raises:
        ConfigurationError: The address of Alertmanager cannot be used.
    """
    # Counts are added up for days: a batch that is counted twice would stay in every window.
    own = settings.model_copy(update={"web_port": settings.monitor_port, "delivery": "transactional"})
    app = bare_app(own, f"{own.app_id}-monitor")
    registry = registry_factory()
    metrics, counts = MonitorMetrics(registry), CorrectionsMetrics(registry)
    metrics.info.labels(version("evenhand"), judging.model_version).set(1)
    poster = _poster(own, metrics, clock)
    kafka = KafkaWatch(own, clock)
    # By a function, because what is live needs the watch, and the watch what is live.
    watch = LagWatch(own, partitions, lambda: live.observed)
    live = LiveSnapshot(
        clock,
        model_version=judging.model_version,
        lag=lambda: watch.records,
        kafka_silent=lambda: kafka.silent_since,
    )
    token = own.web_token
    console = Console(
        live.latest,
        rules=judging.rules,
        token=None if token is None else token.get_secret_value(),
        encoded=metrics.encoded,
        links=review_links(own),
    )
    publisher = Publisher(metrics, live, watched=console.look, poster=poster)
    observations = _observations(app, own, judging, publisher, metrics, clock)
    corrections = _corrections(app, own, counts, clock)
    intakes = (
        Intake(own, observations, counts=metrics.lane, producer_factory=producer_factory),
        Intake(own, corrections, counts=counts.lane, producer_factory=producer_factory),
    )
    web = _web(own, console, registry, intakes, kafka)
    for service in (kafka, watch, *((poster,) if poster else ()), *intakes, web):
        app.service(service)
    return MonitorApplication(app, intakes, web, metrics)


def _observations(
    app: faust.App, settings: Settings, judging: Judging, publisher: Publisher, metrics: MonitorMetrics, clock: Clock
) -> Subscription[Memory]:
    handler = MonitorHandler(judging, source=f"/evenhand/{settings.app_id}", clock=clock)

    def committed(memory: Memory, result: MonitorResult) -> None:
        metrics.committed(result)
        publisher.committed(memory, result)

    return Subscription(
        Role.OBSERVATIONS,
        channel_agent(app, "monitor", handler, counts=metrics.lane, committed=committed),
        recall_state(settings, judging, publisher, clock),
        # Faust holds every channel back until its own consumer has an assignment; here the intake is the consumer.
        start=lambda: app.flow_control.resume(),
        released=publisher.released,
        rest=REST_SECONDS,
    )


def _corrections(
    app: faust.App, settings: Settings, metrics: CorrectionsMetrics, clock: Clock
) -> Subscription[DuplicateWindow]:
    handler = CorrectionsHandler(clock)

    def committed(window: DuplicateWindow, result: CorrectionsResult) -> None:
        result.settled(window, at=clock())
        metrics.committed(result)

    # One place a partition: no lane waits for another's batch to be taken.
    send = channel_agent(
        app, "corrections", handler, counts=metrics.lane, committed=committed, capacity=settings.partitions
    )
    return Subscription(Role.CORRECTIONS, send, recall_corrections(settings, clock))


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


def _web(
    settings: Settings,
    console: Console,
    registry: CollectorRegistry,
    intakes: tuple[Intake[Memory], Intake[DuplicateWindow]],
    kafka: KafkaWatch,
) -> WebServer:
    return WebServer(
        settings,
        registry=registry,
        ready=lambda: all(intake.ready for intake in intakes),
        fault=lambda: kafka.fault or console.look(),
        port_name="monitor_port",
        routes=console.routes(),
        on_shutdown=console.on_shutdown,
    )
