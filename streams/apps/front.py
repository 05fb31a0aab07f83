"""The process that a supervisor starts first: it looks at the topics, then answers for all workers on the one port."""

import asyncio
import logging
import os
import socket
from typing import NoReturn

import msgspec
from prometheus_client import CollectorRegistry

from streams.apps.gathering import Gathering
from streams.apps.start import checked
from streams.apps.supervisor import MESSAGE_BYTES, Started
from streams.http.server import WebServer
from streams.settings.settings import Settings


def answer_for_workers(settings: Settings, control: socket.socket) -> NoReturn:
    """Bind the port, tell the supervisor that all is well, and serve until it closes its end; ends the process.

    Args:
        control: Connected to the supervisor, which gives each worker's number and its wire.

    Raises:
        ConfigurationError: A topic is missing, the partitions do not fit together, or the web server's port is taken.
    """
    with control:
        # Topics and port before any worker starts: what cannot be served should not disturb the group.
        loop, counts = checked(settings, "web")
        registry = CollectorRegistry()
        gathering = Gathering(registry)
        web = WebServer(
            settings,
            registry=registry,
            ready=lambda: True,
            fault=lambda: gathering.fault,
            illness=lambda: gathering.illness,
            before_metrics=gathering.refresh,
        )
        loop.run_until_complete(web.bind())
        control.send(msgspec.json.encode(counts))
        loop.run_until_complete(_serve(web, gathering, control))
    logging.shutdown()
    # Freeing what it shares with the workers would first copy it.
    os._exit(0)


async def _serve(web: WebServer, gathering: Gathering, control: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ended = loop.create_future()
    following: set[asyncio.Task[None]] = set()

    def hear() -> None:
        message, wires, _flags, _address = socket.recv_fds(control, MESSAGE_BYTES, 1)
        if not message:
            loop.remove_reader(control)
            ended.set_result(None)
        for wire in wires:
            started = msgspec.json.decode(message, type=Started)
            task = loop.create_task(gathering.follow(started, socket.socket(fileno=wire)))
            following.add(task)
            task.add_done_callback(following.discard)

    control.setblocking(False)
    loop.add_reader(control, hear)
    await web.start()
    await ended
    await web.stop()
