"""The Faust application: the batch channel, the agent, the slow lane, the web endpoints, put together."""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import faust
from aiokafka import AIOKafkaProducer
from mode import Service
from prometheus_client import CollectorRegistry

from models.decisions.ensemble import Ensemble
from models.decisions.probing import Probes
from models.learned.online.model import OnlineModel
from models.statistics.keyed_sample import KeyedSample
from models.twins.live import Twins
from monitors.labels.blind_sample import BlindSample
from streams.apps.faust_app import bare_app
from streams.apps.garbage import calm_collector
from streams.apps.reporter import Reporter
from streams.categorizer.ensemble import promoted_model
from streams.categorizer.follow_updates import FollowUpdates
from streams.categorizer.handler import BatchResult, CategorizeHandler
from streams.categorizer.house_rules import WatchHouseRules
from streams.categorizer.metrics import WorkerMetrics
from streams.categorizer.promoted_model import WatchPromotedModel
from streams.categorizer.recall import DECISION_ROLES, WITH_DIVERTED, recall_window
from streams.clock import Clock, wall_clock
from streams.http.server import WebServer
from streams.kafka.answers import KafkaWatch
from streams.lanes.agent import channel_agent
from streams.lanes.delivery import ProducerFactory
from streams.lanes.duplicate_window import DuplicateWindow
from streams.lanes.intake import Intake
from streams.lanes.lane import Subscription
from streams.messages.cloudevents import Codec
from streams.messages.roles import Role
from streams.settings.settings import Settings
from streams.slow_lane.lane import SlowLane


@dataclass(frozen=True, slots=True)
class Application:
    """A worker's parts, for those who start it.

    Args:
        web: Its web server; None where it reports to the process that has one for several.
    """

    app: faust.App
    intakes: Sequence[Intake[DuplicateWindow]]
    web: WebServer | None
    metrics: WorkerMetrics


def create_app(
    settings: Settings,
    ensemble: Ensemble,
    *,
    slow: bool = False,
    wire: socket.socket | None = None,
    clock: Clock = wall_clock,
    producer_factory: ProducerFactory = AIOKafkaProducer,
    registry_factory: Callable[[], CollectorRegistry] = CollectorRegistry,
) -> Application:
    """Put a worker together; nothing is connected before it starts.

    Args:
        slow: True where the topic of the slow lane exists: what waits there is decided also if the LLM is off by now.
        wire: Where a worker that is one of several reports to; None for one with a web server of its own.
    """
    app = bare_app(settings, settings.app_id)
    metrics = WorkerMetrics(registry_factory())
    metrics.runs(version=version("evenhand"), model_version=ensemble.model_version, delivery=settings.delivery)
    codec = Codec(source=f"/evenhand/{settings.app_id}")
    blind = BlindSample(share=settings.blind_share, seed=settings.blind_seed.get_secret_value())

    def known(window: DuplicateWindow, result: BatchResult) -> None:
        result.settled(window, at=clock())

    # What people corrected is known before any partition is taken, and followed from then on.
    online = ensemble.online
    follower = FollowUpdates(settings, online, metrics.online) if isinstance(online, OnlineModel) else None
    promotion: WatchPromotedModel | None = None

    async def before() -> None:
        if follower:
            await follower.caught_up()
        if promotion:
            await promotion.looked()

    lane = (
        SlowLane(settings, ensemble, codec=codec, metrics=metrics, clock=clock, blind=blind, known=known)
        if slow
        else None
    )
    handler = CategorizeHandler(
        ensemble,
        codec,
        clock,
        diverts=lambda: lane is not None and lane.asks,
        blind=blind,
        probes=_probes(settings),
    )
    send = channel_agent(
        app,
        "categorize",
        handler,
        counts=metrics.lane,
        # Before the commit: the next batch is handled meanwhile, and is not committed unless this one is. The window of
        # a lane whose commit fails is given up, and rebuilt from what was committed.
        handled=known,
        committed=lambda _window, result: metrics.committed(result),
        capacity=settings.partitions,
        # Twice: of each partition one batch may wait for its commit while another is handled.
        concurrency=2 * settings.concurrency,
    )
    fast = Subscription(
        Role.TRANSACTIONS,
        send,
        recall_window(settings, clock, WITH_DIVERTED if slow else DECISION_ROLES),
        # Faust holds every channel back until its own consumer has an assignment; here the intake is the consumer.
        start=lambda: app.flow_control.resume(),
        overlaps=True,
        before=before,
    )
    intakes = [Intake(settings, fast, counts=metrics.lane, producer_factory=producer_factory)]
    if lane is not None:
        slowly = replace(lane.subscription, before=before)
        intakes.append(Intake(settings, slowly, counts=metrics.slow_lane, producer_factory=producer_factory))
    handlers = [handler, *([lane.handler] if lane else ())]
    watch, promotion = _watch_rules(settings, metrics, handlers), _watch_model(settings, metrics, handlers)
    watches = [service for service in (follower, watch, promotion) if service]
    helpers = (*watches, *(lane.services if lane else ()))
    web = _add_services(app, settings, metrics, helpers, intakes, KafkaWatch(settings, clock), wire)
    return Application(app, intakes, web, metrics)


def _probes(settings: Settings) -> Probes | None:
    """What compares a few decisions with those on twins; None where none is asked for."""
    if not settings.probe_share:
        return None
    sample = KeyedSample(share=settings.probe_share, seed=f"probe {settings.probe_seed}")
    return Probes(sample, Twins.shipped(settings.probe_seed).of)


def _decide_by(handlers: Sequence[CategorizeHandler], ensemble: Ensemble) -> None:
    """Let all lanes decide by one ensemble from their next batch on: together, as both decide by one."""
    for handler in handlers:
        handler.ensemble = ensemble


def _watch_rules(
    settings: Settings, metrics: WorkerMetrics, handlers: Sequence[CategorizeHandler]
) -> WatchHouseRules | None:
    """What puts other rules of the bank's own into handlers; None where the settings name no file of rules."""
    if not settings.house_rules:
        return None
    return WatchHouseRules(
        Path(settings.house_rules),
        metrics.house,
        current=lambda: handlers[0].ensemble,
        decide_by=lambda ensemble: _decide_by(handlers, ensemble),
    )


def _watch_model(
    settings: Settings, metrics: WorkerMetrics, handlers: Sequence[CategorizeHandler]
) -> WatchPromotedModel | None:
    """What puts a promoted model into handlers; None where the settings name no store."""
    first = handlers[0]

    def decide_by(model: Ensemble) -> None:
        # What people taught and the bank's own rules are no part of a model: they go on with the next one.
        following = replace(model, online=first.ensemble.online, house=first.ensemble.house)
        _decide_by(handlers, following)
        metrics.runs(version=version("evenhand"), model_version=following.model_version, delivery=settings.delivery)
        # What has just been read lives as long as what was read at the start.
        calm_collector()

    model = promoted_model(settings)
    if model is None:
        return None
    return WatchPromotedModel(model, first.ensemble.model_version, metrics.model, decide_by=decide_by)


def _add_services(
    app: faust.App,
    settings: Settings,
    metrics: WorkerMetrics,
    helpers: Sequence[Service],
    intakes: Sequence[Intake[DuplicateWindow]],
    kafka: KafkaWatch,
    wire: socket.socket | None,
) -> WebServer | None:
    """Let the application start and stop all that runs; gives its web server, where it has one of its own."""
    front = _front(settings, metrics.registry, intakes, kafka, wire)
    web = front if isinstance(front, WebServer) else None
    services = (kafka, *helpers, *intakes)
    # Services stop from the last to the first, and the last thing to do is to report what the lanes have counted.
    for service in (*services, front) if web else (front, *services):
        app.service(service)  # type: ignore[arg-type]  # faust takes instances too
    return web


def _front(
    settings: Settings,
    registry: CollectorRegistry,
    intakes: Sequence[Intake[DuplicateWindow]],
    kafka: KafkaWatch,
    wire: socket.socket | None,
) -> WebServer | Reporter:
    def ready() -> bool:
        return all(intake.ready for intake in intakes)

    def fault() -> str:
        return kafka.fault

    if wire is not None:
        return Reporter(wire, registry=registry, ready=ready, fault=fault)
    return WebServer(settings, registry=registry, ready=ready, fault=fault)
