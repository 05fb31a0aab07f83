"""The learner: a Faust application that puts corrections in one order, learns from them and tells the workers.

    transactions.corrections --SequencingHandler--> models.journal --LearningHandler--> models.updates, models.learning
                                                        ^
                    people's instructions (evenhand learner, pages of reviewers)

One learner learns, since it alone sees the one partition of the journal; others stand by and take over. What it knows
is what the journal says: whoever takes over learns it again from the beginning.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version

import faust
from aiokafka import AIOKafkaProducer
from prometheus_client import CollectorRegistry

from models.contracts.corrections import Standing
from streams.apps.faust_app import bare_app
from streams.clock import Clock, wall_clock
from streams.corrections.recall import recall_corrections
from streams.http.server import WebServer
from streams.kafka.answers import KafkaWatch
from streams.kafka.topics import Reader
from streams.lanes.agent import channel_agent, patient_agent
from streams.lanes.delivery import ProducerFactory
from streams.lanes.duplicate_window import DuplicateWindow
from streams.lanes.intake import Intake
from streams.lanes.lane import Subscription
from streams.learner.learning import LearningHandler, LearningResult
from streams.learner.memory import Memory
from streams.learner.metrics import LearnerMetrics
from streams.learner.preparation import Preparation
from streams.learner.recall import recall_learned
from streams.learner.sequencing import SequencedResult, SequencingHandler
from streams.learner.waking import Waking
from streams.messages.roles import Role
from streams.settings.settings import Settings

REST_SECONDS = 0.05
"""Between two looks at the journal: the report is written once for all that came meanwhile."""


@dataclass(slots=True)
class Live:
    """The state that this process has, for those who look; None while another learns."""

    clock: Clock
    memory: Memory | None = field(default=None)

    def needs_waking(self) -> bool:
        """Whether something is due that only a record of the journal brings about."""
        memory, now = self.memory, self.clock()
        if memory is None:
            return False
        return bool(memory.owed) or memory.owes_report(now) or memory.parking.due(int(now.timestamp() * 1000))


@dataclass(frozen=True, slots=True)
class LearnerApplication:
    """A learner's parts, for those who start it."""

    app: faust.App
    intakes: tuple[Intake[Memory], Intake[DuplicateWindow]]
    web: WebServer
    metrics: LearnerMetrics


def create_learner(
    settings: Settings,
    preparation: Preparation,
    *,
    clock: Clock = wall_clock,
    producer_factory: ProducerFactory = AIOKafkaProducer,
    registry_factory: Callable[[], CollectorRegistry] = CollectorRegistry,
) -> LearnerApplication:
    """Put a learner together; nothing is connected before it starts.

    Args:
        settings: All settings. Delivery is transactional, whatever they say: nothing may be learned twice.
        preparation: What it learns with.
        clock: The time of day, timezone-aware.
        registry_factory: Makes the registry that `/metrics` shows.
    """
    own = settings.model_copy(update={"web_port": settings.learner_port, "delivery": "transactional"})
    app = bare_app(own, f"{own.app_id}-learner")
    metrics = LearnerMetrics(registry_factory())
    metrics.info.labels(version("evenhand"), preparation.model_version).set(1)
    kafka, live = KafkaWatch(own, clock), Live(clock)
    learning = _learning(app, own, preparation, live, metrics, clock)
    sequencing = _sequencing(app, own, metrics, clock)
    intakes = (
        Intake(own, learning, counts=metrics.learning, producer_factory=producer_factory),
        Intake(own, sequencing, counts=metrics.sequencing, producer_factory=producer_factory),
    )
    web = WebServer(
        own,
        registry=metrics.registry,
        ready=lambda: all(intake.ready for intake in intakes),
        fault=lambda: kafka.fault,
        port_name="learner_port",
    )
    for service in (kafka, Waking(own, live.needs_waking), *intakes, web):
        app.service(service)  # type: ignore[arg-type]  # faust takes instances too
    return LearnerApplication(app, intakes, web, metrics)


def _learning(
    app: faust.App, settings: Settings, preparation: Preparation, live: Live, metrics: LearnerMetrics, clock: Clock
) -> Subscription[Memory]:
    def committed(_memory: Memory, result: LearningResult) -> None:
        metrics.learned(result)

    def restored(memory: Memory) -> None:
        live.memory = memory
        metrics.restored(memory)

    def released() -> None:
        live.memory = None
        metrics.clear()

    return Subscription(
        Role.LEARNING_JOURNAL,
        patient_agent(app, "learn", LearningHandler(clock), counts=metrics.learning, committed=committed),
        recall_learned(settings, preparation.memory, restored),
        # Faust holds every channel back until its own consumer has an assignment; here the intake is the consumer.
        start=lambda: app.flow_control.resume(),
        released=released,
        rest=REST_SECONDS,
    )


def _sequencing(
    app: faust.App, settings: Settings, metrics: LearnerMetrics, clock: Clock
) -> Subscription[DuplicateWindow]:
    secret, highest = settings.learn_secret.get_secret_value().encode(), Standing(settings.learn_standing)
    source = f"/evenhand/{settings.app_id}"
    handler = SequencingHandler(source=source, clock=clock, secret=secret, highest=highest)

    def committed(window: DuplicateWindow, result: SequencedResult) -> None:
        result.settled(window, at=clock())
        metrics.put_in_order(result)

    # One place a partition: no lane waits for another's batch to be taken.
    send = channel_agent(
        app, "sequence", handler, counts=metrics.sequencing, committed=committed, capacity=settings.partitions
    )
    return Subscription(Role.CORRECTIONS, send, recall_corrections(settings, clock), further=Reader.LEARNER)
