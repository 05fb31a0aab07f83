"""The Faust application: the batch channel, the agent, the web endpoints, put together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from tempfile import TemporaryDirectory

import faust
from aiokafka import AIOKafkaProducer
from faust.app.base import BootStrategy
from prometheus_client import CollectorRegistry

from models.ensemble import Ensemble
from streams.agents import categorize_agent
from streams.codec import Codec
from streams.delivery import ProducerFactory
from streams.handler import CategorizeHandler, Clock
from streams.intake import Intake
from streams.metrics import WorkerMetrics
from streams.settings import Settings
from streams.web import WebServer


class Boot(BootStrategy):
    """Starts agents and our services only: no Faust consumer (it has nothing to subscribe to), no Faust web pages."""

    enable_kafka = False
    enable_web = False


def wall_clock() -> datetime:
    """The time of day in UTC: the only place where the worker reads it."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Application:
    """A worker's parts, for those who start it."""

    app: faust.App
    intake: Intake
    web: WebServer
    metrics: WorkerMetrics
    datadir: "TemporaryDirectory[str]"


def create_app(
    settings: Settings,
    ensemble: Ensemble,
    *,
    clock: Clock = wall_clock,
    producer_factory: ProducerFactory = AIOKafkaProducer,
    registry_factory: Callable[[], CollectorRegistry] = CollectorRegistry,
) -> Application:
    """Put a worker together; nothing is connected before it starts.

    Args:
        settings: All settings.
        ensemble: Decides.
        clock: The time of day, timezone-aware.
        producer_factory: Makes producers; aiokafka's by default.
        registry_factory: Makes the metrics registry.
    """
    datadir = TemporaryDirectory(prefix="evenhand-")  # Faust insists on a folder; nothing of ours is kept there
    app = faust.App(
        settings.app_id,
        broker=f"aiokafka://{settings.bootstrap_servers.replace(',', ';')}",
        store="memory://",
        datadir=datadir.name,
        autodiscover=False,
    )
    app.boot_strategy = Boot(app)
    metrics = WorkerMetrics(registry_factory())
    metrics.info.labels(version("evenhand"), ensemble.model_version, settings.delivery).set(1)
    handler = CategorizeHandler(ensemble, Codec(source=f"/evenhand/{settings.app_id}"), clock)
    channel = app.channel(maxsize=settings.partitions)
    categorize_agent(app, channel, handler, metrics, concurrency=settings.concurrency)
    intake = Intake(settings, channel=channel, metrics=metrics, clock=clock, producer_factory=producer_factory)
    web = WebServer(settings, registry=metrics.registry, ready=lambda: intake.ready)
    for service in (intake, web):
        app.service(service)  # type: ignore[arg-type]  # faust takes instances too
    return Application(app, intake, web, metrics, datadir)
