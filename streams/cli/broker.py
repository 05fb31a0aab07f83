"""`evenhand broker`: Kafka on this machine, to try the processes by hand."""

import time
from pathlib import Path
from typing import Annotated

import typer

from streams.cli.console import fail, note, print_json, stdout
from streams.cli.exits import ExitCode
from streams.cli.inputs import JsonOption
from streams.local.broker import LocalBroker, is_free
from streams.settings.settings import PREFIX

PORT = 9092
"""The one that all commands look for where nothing else is said."""

LOOK_SECONDS = 0.5


def broker(
    port: Annotated[int, typer.Option(metavar="PORT", min=0, max=65_535, help="Port on loopback; 0: any free.")] = PORT,
    folder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep topics and messages here, for the next time. Else they go at the end."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Run a Kafka broker on this machine until Ctrl-C, to try the others by hand.

    Needs Java 17, and Maven the first time. One replica, plaintext, no authentication: it is no broker for a bank. Make
    the topics in another terminal (`evenhand topics create`), then start what you like.
    """
    if port and not is_free(port):
        fail(f"port {port} is taken: --port 0 takes a free one", ExitCode.ENVIRONMENT)
    try:
        with LocalBroker(folder=folder, port=port or None, progress=note) as local:
            address = local.bootstrap_servers
            if as_json:
                print_json({"bootstrap_servers": address, "folder": str(local.folder)})
            else:
                stdout().print(f"{PREFIX}BOOTSTRAP_SERVERS={address}", soft_wrap=True)
            note("Kafka runs until Ctrl-C; next, elsewhere: evenhand topics create")
            while local.running:
                time.sleep(LOOK_SECONDS)
            fail(f"Kafka ended by itself: {local.log_file} says why, where --folder keeps it", ExitCode.FAILED)
    except KeyboardInterrupt:
        note("stopped")
