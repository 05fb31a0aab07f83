"""Running a worker or a monitor in the foreground, until SIGTERM or SIGINT."""

import asyncio
import logging
import os
from functools import partial
from typing import Any, NoReturn

import faust
from aiokafka import AIOKafkaProducer

from models.decisions.ensemble import Ensemble
from models.errors import EvenhandError
from streams.apps.front import answer_for_workers
from streams.apps.garbage import calm_collector
from streams.apps.logs import configure_logging
from streams.apps.monitor import create_monitor
from streams.apps.reporter import Reporter
from streams.apps.start import checked, new_loop
from streams.apps.supervisor import Seat, Supervisor, runs_alone
from streams.apps.worker import create_app
from streams.http.server import WebServer
from streams.lanes.delivery import ProducerFactory
from streams.messages.roles import Role
from streams.monitor.judging import Judging
from streams.settings.settings import Settings


def run_worker(settings: Settings, ensemble: Ensemble, *, producer_factory: ProducerFactory = AIOKafkaProducer) -> None:
    """Check the topics, then serve until a signal, in this process or in several; ends the process.

    Raises:
        ConfigurationError: A topic is missing, the partitions do not fit together, or the web server's port is taken.
        SystemExit: Always, at the end: 0 after a signal, 1 after a crash.
    """
    if not runs_alone(settings):
        seat = Supervisor(settings, partial(answer_for_workers, settings)).run()
        _run_one_of_several(seat, settings, ensemble, producer_factory)
    loop, counts = checked(settings)
    application = create_app(settings, ensemble, slow=counts[Role.SLOW] > 0, producer_factory=producer_factory)
    _serve(application.app, application.web, loop)


def _run_one_of_several(
    seat: Seat, settings: Settings, ensemble: Ensemble, producer_factory: ProducerFactory
) -> NoReturn:
    configure_logging(settings.log_level, f"worker {seat.number}")
    loop = new_loop()
    application = create_app(
        seat.settings(settings),
        ensemble,
        slow=seat.counts[Role.SLOW] > 0,
        wire=seat.wire,
        producer_factory=producer_factory,
    )
    try:
        _serve(application.app, application.web, loop)
    except SystemExit as end:
        logging.shutdown()
        # Freeing what it shares with the others would first copy it.
        os._exit(end.code if isinstance(end.code, int) else 1)


def run_monitor(settings: Settings, judging: Judging, *, producer_factory: ProducerFactory = AIOKafkaProducer) -> None:
    """Check the topics, then judge until a signal; ends the process.

    Raises:
        ConfigurationError: A topic is missing, the partitions do not fit together, or the web server's port is taken.
        SystemExit: Always, at the end: 0 after a signal, 1 after a crash.
    """
    loop, counts = checked(settings)
    application = create_monitor(
        settings, judging, partitions=counts[Role.TRANSACTIONS], producer_factory=producer_factory
    )
    _serve(application.app, application.web, loop)


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


def _serve(app: faust.App, web: WebServer | Reporter, loop: asyncio.AbstractEventLoop) -> NoReturn:
    # Before the group is joined: a port that is taken must not cost others their partitions.
    if isinstance(web, WebServer):
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
