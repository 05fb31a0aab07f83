"""The console's routes: the page, its files, the runbooks, the state as JSON and as a stream of server-sent events."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from types import MappingProxyType

from aiohttp import web

from monitors.base.contract import Rules
from monitors.snapshot import Snapshot
from streams.console.access import Access
from streams.console.feed import Feed, Frame
from streams.console.handbook import Handbook
from streams.console.pages import Pages, answer_headers

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PAGE = "console.html"
LISTENERS = 64
"""Streams at a time; whoever comes when there are so many is told to come again."""
PATIENCE = 30.0
"""Seconds that a listener may take for one event before the connection is given up."""
FAREWELL = 1.0
"""Seconds that streams have to end by themselves when the server stops."""
RETRY_MS = 3_000


class Console:
    """The fairness dashboard.

    Args:
        latest: The present snapshot; cheap, as every request and every listener ask for it.
        rules: Limits of the monitors, which say how many cases a figure needs.
        token: Asked of everybody; None where the server is bound to loopback.
        period: Seconds between two looks of a listener at the snapshot.
        heartbeat: Seconds of silence after which a stream says that it is alive.
        encoded: Told of every state whether it could be encoded.
        links: Addresses of the pages of people (`review`, `learning`), as far as there are any.
    """

    def __init__(
        self,
        latest: Callable[[], Snapshot],
        *,
        rules: Rules | None = None,
        token: str | None = None,
        period: float = 2.0,
        heartbeat: float = 15.0,
        encoded: Callable[[bool], None] = lambda _told: None,
        links: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._feed = Feed(latest, rules=rules or Rules(), encoded=encoded)
        self._access = Access(token)
        self._period = period
        self._heartbeat = heartbeat
        self._pages = Pages()
        self._handbook = Handbook()
        self._links = json.dumps(dict(links))
        self._stopping = asyncio.Event()
        self._streams: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        """The routes, each of which sees to its own protection."""
        return [
            web.get("/", self._page),
            web.get("/static/{name}", self._pages.static_file),
            web.get("/api/state", self._guarded(self._state)),
            web.get("/api/links", self._guarded(self._tell_links)),
            web.get("/api/stream", self._guarded(self._stream), allow_head=False),
            web.get("/runbooks/", self._guarded(self._runbook)),
            web.get("/runbooks/{name}", self._guarded(self._runbook)),
        ]

    def look(self) -> str:
        """Encode the state of now, whether somebody watches or not, and say why it cannot be told; empty if it can."""
        return self._feed.current().fault

    async def on_shutdown(self, _app: web.Application) -> None:
        """End all streams, those of listeners that do not listen any more included."""
        self._stopping.set()
        if self._streams:
            _, stuck = await asyncio.wait(self._streams, timeout=FAREWELL)
            for stream in stuck:
                stream.cancel()

    def _guarded(self, handler: Handler) -> Handler:
        @wraps(handler)
        async def guarded(request: web.Request) -> web.StreamResponse:
            if not self._access.allows(request):
                challenge = answer_headers(challenge=True)
                return web.Response(status=401, text="a bearer token is needed\n", headers=challenge)
            return await handler(request)

        return guarded

    async def _page(self, request: web.Request) -> web.Response:
        entered = self._access.entrance(request)
        if entered is not None:
            entered.headers.update(answer_headers())
            return entered
        if not self._access.allows(request):
            return self._pages.refusal()
        return self._pages.page(PAGE)

    async def _state(self, _request: web.Request) -> web.Response:
        frame = self._feed.current()
        if frame.fault:
            return web.Response(status=503, text=f"{frame.fault}\n", headers=answer_headers())
        return web.Response(body=frame.body, content_type="application/json", headers=answer_headers())

    async def _tell_links(self, _request: web.Request) -> web.Response:
        return web.Response(text=self._links, content_type="application/json", headers=answer_headers())

    async def _runbook(self, request: web.Request) -> web.Response:
        page = self._handbook.page(request.match_info.get("name", ""))
        if page is None:
            return web.Response(status=404, text="there is no such runbook: see /runbooks/\n", headers=answer_headers())
        return web.Response(body=page, content_type="text/html", charset="utf-8", headers=answer_headers())

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if len(self._streams) >= LISTENERS or self._stopping.is_set():
            return web.Response(status=503, text="too many listeners\n", headers=answer_headers())
        response = web.StreamResponse(headers=answer_headers())
        response.content_type, response.charset = "text/event-stream", "utf-8"
        await response.prepare(request)
        # A task of its own, so that stopping can end it while it waits for a listener that does not listen.
        stream = asyncio.create_task(self._tell(request, response))
        self._streams.add(stream)
        try:
            await asyncio.wait({stream})
        finally:
            stream.cancel()
            self._streams.discard(stream)
        if not stream.cancelled() and not isinstance(stream.exception(), ConnectionError | TimeoutError):
            stream.result()
        elif request.transport is not None:
            request.transport.abort()  # what is still buffered would wait for the listener
        return response

    async def _tell(self, request: web.Request, response: web.StreamResponse) -> None:
        """Send the latest state whenever it changed, or why there is none. A slow listener misses states; none is kept
        for it.
        """
        await _send(response, b"retry: %d\n\n" % RETRY_MS)
        sent, silent = -1, 0.0
        while not self._stopping.is_set() and request.transport is not None:
            frame = self._feed.current()
            if frame.number != sent:
                await _send(response, _event("broken" if frame.fault else "state", frame.body))
                sent, silent = frame.number, 0.0
            elif silent >= self._heartbeat:
                await _send(response, _beat(frame))
                silent = 0.0
            silent += self._period
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._period)
        await response.write_eof()


async def _send(response: web.StreamResponse, data: bytes) -> None:
    async with asyncio.timeout(PATIENCE):
        await response.write(data)


def _event(name: str, body: bytes) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), body)


def _beat(frame: Frame) -> bytes:
    # An event, not a comment: a page hears no comments, and must notice when a network goes silent without closing.
    return _event("beat", frame.at)
