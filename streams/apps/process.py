"""A process in the foreground that serves until SIGTERM or SIGINT."""

import asyncio
import logging
from typing import Any, NoReturn

import faust

from models.errors import EvenhandError
from streams.apps.garbage import calm_collector
from streams.http.server import WebServer


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


def serve(app: faust.App, web: WebServer | None, loop: asyncio.AbstractEventLoop) -> NoReturn:
    """Run the application in the loop; ends the process.

    Args:
        web: Its web server, where it has one of its own.

    Raises:
        ConfigurationError: The web server's port is taken, or a service says what is wrong with the settings.
        SystemExit: At the end: 0 after a signal, 1 after a crash.
    """
    # Before the group is joined: a port that is taken must not cost others their partitions.
    if web is not None:
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
