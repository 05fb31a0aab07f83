"""Running a worker in the foreground, as one process or as several, until SIGTERM or SIGINT.

Nothing of a monitor is imported here: what it judges with would take 60 MB of a worker.
"""

import logging
import os
from functools import partial
from typing import NoReturn

from aiokafka import AIOKafkaProducer

from models.decisions.ensemble import Ensemble
from streams.apps.front import answer_for_workers
from streams.apps.logs import configure_logging
from streams.apps.process import serve
from streams.apps.start import checked, new_loop
from streams.apps.supervisor import Seat, Supervisor, runs_alone
from streams.apps.worker import create_app
from streams.lanes.delivery import ProducerFactory
from streams.messages.roles import Role
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
    serve(application.app, application.web, loop)


def _run_one_of_several(
    seat: Seat, settings: Settings, ensemble: Ensemble, producer_factory: ProducerFactory
) -> NoReturn:
    configure_logging(settings.log_level, f"worker {seat.number}")
    loop = new_loop()
    with seat.wire:
        application = create_app(
            seat.settings(settings),
            ensemble,
            slow=seat.counts[Role.SLOW] > 0,
            wire=seat.wire,
            producer_factory=producer_factory,
        )
        try:
            serve(application.app, application.web, loop)
        except SystemExit as end:
            logging.shutdown()
            # Freeing what it shares with the others would first copy it.
            os._exit(end.code if isinstance(end.code, int) else 1)
