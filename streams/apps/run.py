"""Running a worker or a monitor in the foreground, until SIGTERM or SIGINT."""

import asyncio
import logging
import os
from collections.abc import Mapping
from typing import Any

import faust
import uvloop
from aiokafka import AIOKafkaProducer

from models.decisions.ensemble import Ensemble
from models.errors import EvenhandError
from streams.apps.garbage import calm_collector
from streams.apps.logs import configure_logging
from streams.apps.monitor import create_monitor
from streams.apps.worker import create_app
from streams.http.server import WebServer
from streams.kafka.topics import check_partitions, partition_counts
from streams.lanes.delivery import ProducerFactory
from streams.messages.roles import Role
from streams.monitor.judging import Judging
from streams.settings.settings import Settings, unknown_variables

log = logging.getLogger(__name__)


def run_worker(settings: Settings, ensemble: Ensemble, *, producer_factory: ProducerFactory = AIOKafkaProducer) -> None:
    """Check the topics, then serve until a signal; ends the process.

    Raises:
        ConfigurationError: A topic is missing, the partitions do not fit together, or the web server's port is taken.
        SystemExit: Always, at the end: 0 after a signal, 1 after a crash.
    """
    loop, counts = _checked(settings)
    application = create_app(settings, ensemble, slow=counts[Role.SLOW] > 0, producer_factory=producer_factory)
    _serve(application.app, application.web, loop)


def run_monitor(settings: Settings, judging: Judging, *, producer_factory: ProducerFactory = AIOKafkaProducer) -> None:
    """Check the topics, then judge until a signal; ends the process.

    Raises:
        ConfigurationError: A topic is missing, the partitions do not fit together, or the web server's port is taken.
        SystemExit: Always, at the end: 0 after a signal, 1 after a crash.
    """
    loop, counts = _checked(settings)
    application = create_monitor(
        settings, judging, partitions=counts[Role.TRANSACTIONS], producer_factory=producer_factory
    )
    _serve(application.app, application.web, loop)


def _checked(settings: Settings) -> tuple[asyncio.AbstractEventLoop, dict[Role, int]]:
    """The loop to serve in, and the partitions of each topic, which fit together."""
    configure_logging(settings.log_level)
    warn_of_unknown_variables(os.environ)
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    counts = loop.run_until_complete(partition_counts(settings))
    check_partitions(settings, counts)
    return loop, counts


def warn_of_unknown_variables(environ: Mapping[str, str]) -> None:
    """Log variables of the environment that look like settings and are none: they would have no effect, silently."""
    for variable in unknown_variables(environ):
        log.warning("%s", variable)


class Process(faust.Worker):
    """Faust's process, without its spinner, and with errors of ours that end it while it starts kept for the caller."""

    logger = logging.getLogger("faust")  # else its news would come as this module's, which an operator reads

    def __init__(self, app: faust.App, **options: Any) -> None:
        super().__init__(app, **options)
        self.spinner = None  # it writes escape codes for the cursor, also where stdout is a file
        self.refused: EvenhandError | None = None

    async def start(self) -> None:
        """Start, and stop again where a service says what is wrong with the settings or the machine."""
        try:
            await super().start()
        except EvenhandError as error:
            self.refused = error  # Faust would log a traceback of it and end with 1


def _serve(app: faust.App, web: WebServer, loop: asyncio.AbstractEventLoop) -> None:
    # Before the group is joined: a port that is taken must not cost others their partitions.
    loop.run_until_complete(web.bind())
    # Now that the model and the tables are loaded, which live as long as the process.
    calm_collector()
    process = Process(
        app,
        loop=loop,
        quiet=True,
        loglevel="info",  # anything quieter makes faust set the root logger to DEBUG
        override_logging=False,
        redirect_stdouts=False,
    )
    try:
        process.execute_from_commandline()
    except SystemExit:
        if process.refused is not None:
            raise process.refused from None
        raise
