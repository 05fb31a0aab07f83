"""The console on a free port, with a snapshot that a test can change."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web

from monitors.snapshot import Snapshot
from streams.console.views import Console


@dataclass
class Served:
    """A running console.

    Args:
        snapshot: What it shows; a test may put another one in its place.
        runner: Of the server.
        url: Of the page, with a slash at its end.
    """

    snapshot: Snapshot
    runner: web.AppRunner
    url: str = ""

    def latest(self) -> Snapshot:
        """What the console asks for."""
        return self.snapshot

    async def drop(self) -> None:
        """Cut all connections, as a network does; the server goes on."""
        server = self.runner.server
        assert server is not None
        for connection in list(server.connections):
            assert connection.transport is not None
            connection.transport.abort()


@asynccontextmanager
async def serving(snapshot: Snapshot, *, period: float = 0.05, **options: Any) -> AsyncIterator[Served]:
    """A console that looks at its snapshot 20 times a second."""
    app = web.Application()
    served = Served(snapshot, web.AppRunner(app, access_log=None))
    console = Console(served.latest, period=period, **options)
    app.add_routes(console.routes())
    app.on_shutdown.append(console.on_shutdown)
    await served.runner.setup()
    await web.TCPSite(served.runner, "127.0.0.1", 0).start()
    served.url = f"http://127.0.0.1:{served.runner.addresses[0][1]}/"
    try:
        yield served
    finally:
        await served.runner.cleanup()


@dataclass
class Teller:
    """The console's files beside a state that a test writes itself: moments that no snapshot makes.

    Args:
        document: The state; a test may put another one in its place.
        url: Of the page, with a slash at its end.
        broken: Why the state cannot be told; None while it can.
        full: Whether the stream refuses more listeners.
    """

    document: dict[str, Any]
    url: str = ""
    broken: str | None = None
    full: bool = False

    async def state(self, _request: web.Request) -> web.Response:
        """The state, or 503 with the reason."""
        if self.broken is not None:
            return web.Response(status=503, text=self.broken)
        return web.json_response(self.document)

    async def links(self, _request: web.Request) -> web.Response:
        """No other page."""
        return web.json_response({})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """An event for each change."""
        if self.broken is not None or self.full:
            return web.Response(status=503, text=self.broken or "too many listeners")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        said: tuple[str, object] | None = None
        while request.transport is not None and not request.transport.is_closing():
            now = ("state", self.document) if self.broken is None else ("broken", {"reason": self.broken})
            if now != said:
                said = now
                await response.write(f"event: {now[0]}\ndata: {json.dumps(now[1])}\n\n".encode())
            await asyncio.sleep(0.05)
        return response


@asynccontextmanager
async def telling(document: dict[str, Any]) -> AsyncIterator[Teller]:
    """The page with a state of the test's own."""
    teller = Teller(document)
    app = web.Application()
    app.add_routes([web.get("/api/state", teller.state), web.get("/api/stream", teller.stream)])
    app.add_routes([web.get("/api/links", teller.links)])
    app.add_routes([route for route in Console(Snapshot).routes() if not route.path.startswith("/api/")])  # type: ignore[arg-type]
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    teller.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield teller
    finally:
        await runner.cleanup()


@dataclass(frozen=True)
class Answer:
    """What a request gave."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


async def get(url: str, **options: Any) -> Answer:
    """One request; redirects are not followed."""
    async with aiohttp.ClientSession() as session, session.get(url, allow_redirects=False, **options) as response:
        return Answer(response.status, response.headers, await response.read())


@dataclass(frozen=True)
class Said:
    """One server-sent event; `name` is empty for a block without one."""

    name: str
    data: str

    @property
    def json(self) -> Any:
        """The data as JSON."""
        return json.loads(self.data)


async def events(response: aiohttp.ClientResponse) -> AsyncIterator[Said]:
    """The blocks of a stream, as they come."""
    fields: dict[str, str] = {}
    async for raw in response.content:
        line = raw.decode().rstrip("\n")
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield Said(fields.get("event", ""), fields.get("data", ""))
            fields = {}
