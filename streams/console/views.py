"""The console's routes: the page, its files, the runbooks, the state as JSON and as a stream of server-sent events."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType

from aiohttp import ETag, web

from monitors.base.contract import Rules
from monitors.snapshot import Snapshot
from streams.console.access import Access
from streams.console.feed import Feed, Frame
from streams.console.handbook import Handbook

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
"""Content-Security-Policy: only our own files, nothing inline, and no text is ever taken for markup or script."""

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)

TYPES: Mapping[str, str] = MappingProxyType(
    {".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml"}
)

PAGE = "console.html"
REFUSAL = "refused.html"
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
    ) -> None:
        self._feed = Feed(latest, rules=rules or Rules(), encoded=encoded)
        self._access = Access(token)
        self._period = period
        self._heartbeat = heartbeat
        self._files = _static()
        self._handbook = Handbook()
        self._stopping = asyncio.Event()
        self._streams: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        """The routes, each of which sees to its own protection."""
        return [
            web.get("/", self._page),
            web.get("/static/{name}", self._static_file),
            web.get("/api/state", self._guarded(self._state)),
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
                return web.Response(status=401, text="a bearer token is needed\n", headers=_headers(challenge=True))
            return await handler(request)

        return guarded

    async def _page(self, request: web.Request) -> web.Response:
        entered = self._access.entrance(request)
        if entered is not None:
            entered.headers.update(_headers())
            return entered
        if not self._access.allows(request):
            return self._file(REFUSAL, status=401, headers=_headers(challenge=True))
        return self._file(PAGE, headers=_headers())

    async def _static_file(self, request: web.Request) -> web.Response:
        # Files are the same for everybody and hold no figure: the page that asks for a token needs the style as well.
        name = request.match_info["name"]
        if name not in self._files or name.endswith(".html"):
            raise web.HTTPNotFound
        tag = ETag(sha256(self._files[name]).hexdigest()[:16])
        headers = {**HEADERS, "Cache-Control": "no-cache"}
        if tag in (request.if_none_match or ()):
            response = web.Response(status=304, headers=headers)
        else:
            response = self._file(name, headers=headers)
        response.etag = tag
        return response

    async def _state(self, _request: web.Request) -> web.Response:
        frame = self._feed.current()
        if frame.fault:
            return web.Response(status=503, text=f"{frame.fault}\n", headers=_headers())
        return web.Response(body=frame.body, content_type="application/json", headers=_headers())

    async def _runbook(self, request: web.Request) -> web.Response:
        page = self._handbook.page(request.match_info.get("name", ""))
        if page is None:
            return web.Response(status=404, text="there is no such runbook: see /runbooks/\n", headers=_headers())
        return web.Response(body=page, content_type="text/html", charset="utf-8", headers=_headers())

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if len(self._streams) >= LISTENERS or self._stopping.is_set():
            return web.Response(status=503, text="too many listeners\n", headers=_headers())
        response = web.StreamResponse(headers=_headers())
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

    def _file(self, name: str, *, headers: Mapping[str, str], status: int = 200) -> web.Response:
        kind = TYPES[_suffix(name)]
        return web.Response(status=status, body=self._files[name], content_type=kind, charset="utf-8", headers=headers)


async def _send(response: web.StreamResponse, data: bytes) -> None:
    async with asyncio.timeout(PATIENCE):
        await response.write(data)


def _event(name: str, body: bytes) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), body)


def _beat(frame: Frame) -> bytes:
    # An event, not a comment: a page hears no comments, and must notice when a network goes silent without closing.
    return _event("beat", frame.at)


def _headers(*, challenge: bool = False) -> dict[str, str]:
    return {**HEADERS, "Cache-Control": "no-store"} | ({"WWW-Authenticate": "Bearer"} if challenge else {})


def _static() -> dict[str, bytes]:
    folder = files("streams.console").joinpath("static")
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if _suffix(entry.name) in TYPES}


def _suffix(name: str) -> str:
    return "." + name.rpartition(".")[2]
