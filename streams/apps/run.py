"""Running a worker or a monitor in the foreground, until SIGTERM or SIGINT."""

import asyncio

import faust
import uvloop
from aiokafka import AIOKafkaProducer

from models.decisions.ensemble import Ensemble
from streams.apps.garbage import calm_collector
from streams.apps.logs import configure_logging
from streams.apps.monitor import create_monitor
from streams.apps.worker import create_app
from streams.kafka.topics import check_partitions, partition_counts
from streams.lanes.delivery import ProducerFactory
from streams.messages.roles import Role
from streams.monitor.judging import Judging
from streams.settings.settings import Settings


def run_worker(settings: Settings, ensemble: Ensemble, *, producer_factory: ProducerFactory = AIOKafkaProducer) -> None:
    """Check the topics, then serve until a signal; ends the process.

    Raises:
        ConfigurationError: A topic is missing or the partitions do not fit together.
        SystemExit: Always, at the end: 0 after a signal, 1 after a crash.
    """
    loop, counts = _checked(settings)
    application = create_app(settings, ensemble, slow=counts[Role.SLOW] > 0, producer_factory=producer_factory)
    _serve(application.app, loop)


def run_monitor(settings: Settings, judging: Judging, *, producer_factory: ProducerFactory = AIOKafkaProducer) -> None:
    """Check the topics, then judge until a signal; ends the process.

    Raises:
        ConfigurationError: A topic is missing or the partitions do not fit together.
        SystemExit: Always, at the end: 0 after a signal, 1 after a crash.
    """
    loop, counts = _checked(settings)
    application = create_monitor(
        settings, judging, partitions=counts[Role.TRANSACTIONS], producer_factory=producer_factory
    )
    _serve(application.app, loop)


def _checked(settings: Settings) -> tuple[asyncio.AbstractEventLoop, dict[Role, int]]:
    """The loop to serve in, and the partitions of each topic, which fit together."""
    configure_logging(settings.log_level)
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    counts = loop.run_until_complete(partition_counts(settings))
    check_partitions(settings, counts)
    return loop, counts


def _serve(app: faust.App, loop: asyncio.AbstractEventLoop) -> None:
    calm_collector()
    worker = faust.Worker(
        app,
        loop=loop,
        quiet=True,
        loglevel="info",  # anything quieter makes faust set the root logger to DEBUG
        override_logging=False,
        redirect_stdouts=False,
    )
    worker.execute_from_commandline()
