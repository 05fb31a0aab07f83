"""The worker's own web server: `/metrics` for Prometheus, `/healthz` and `/readyz` for whoever supervises it."""

import hmac
import logging
import os
import ssl
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import web
from mode import Service
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from models.errors import ConfigurationError
from streams.settings.settings import PREFIX, Settings

log = logging.getLogger(__name__)

NOT_OPEN = "not joined, or a partition is not open yet"
"""Why a worker is not ready, unless it knows better."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WebServer(Service):
    """Serves metrics and health on loopback, or elsewhere with TLS and a token.

    Args:
        registry: What `/metrics` shows.
        ready: Whether every assigned partition is being served.
        fault: Why it is not ready, in one line; empty where nothing is wrong. Told before partitions that are not
            served, as it may be their cause.
        illness: Why it should rather be started again, in one line, although it answers; empty where it should not.
        before_metrics: Brings the registry up to date before `/metrics` shows it.
        port_name: The setting, and the option, that the port was given by; an error names both.
        routes: What is served beside; each route sees to its own protection.
        on_shutdown: Called when the server stops, before connections are closed.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        registry: CollectorRegistry,
        ready: Callable[[], bool],
        fault: Callable[[], str] = lambda: "",
        illness: Callable[[], str] = lambda: "",
        before_metrics: Callable[[], Awaitable[None]] | None = None,
        port_name: str = "web_port",
        routes: Sequence[web.RouteDef] = (),
        on_shutdown: Callable[[web.Application], Awaitable[None]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._routes = routes
        self._on_shutdown = on_shutdown
        self._port_name = port_name
        self._settings = settings
        self._registry = registry
        self._ready = ready
        self._fault = fault
        self._illness = illness
        self._before_metrics = before_metrics
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def on_start(self) -> None:
        """Bind the port, where that has not been done.

        Raises:
            ConfigurationError: The port is taken, or the TLS files cannot be read.
        """
        if self._runner is None:
            await self.bind()
        log.info("metrics and health on %s:%d", self._settings.web_host, self.port)

    async def bind(self) -> None:
        """Bind the port before all else is started: a process that cannot serve should not disturb its group first.

        Raises:
            ConfigurationError: The port is taken, or the TLS files cannot be read.
        """
        app = web.Application(middlewares=[self._authorize])
        app.add_routes(
            [
                web.get("/metrics", self._metrics),
                web.get("/healthz", self._healthz),
                web.get("/readyz", self._readyz),
                *self._routes,
            ]
        )
        if self._on_shutdown is not None:
            app.on_shutdown.append(self._on_shutdown)
        # No access log: a line for each scrape and probe would bury the rest.
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        host, port = self._settings.web_host, self._settings.web_port
        site = web.TCPSite(self._runner, host, port, ssl_context=self._tls())
        try:
            await site.start()
        except OSError as error:
            raise ConfigurationError(
                f"{host}:{port} cannot be bound ({_reason(error)}): set --{self._port_name.replace('_', '-')} or "
                f"{PREFIX}{self._port_name.upper()} to a free port, or 0 for any"
            ) from None
        # Asked of the socket, because the setting may be 0 for any.
        self.port = self._runner.addresses[0][1]

    async def on_stop(self) -> None:
        """Release the port."""
        if self._runner is not None:
            await self._runner.cleanup()

    def _tls(self) -> ssl.SSLContext | None:
        certificate, key = self._settings.web_certificate_location, self._settings.web_key_location
        if not (certificate and key):
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(certificate, key)
        except (OSError, ssl.SSLError) as error:
            raise ConfigurationError(f"the web server's TLS files cannot be used ({type(error).__name__})") from None
        return context

    @web.middleware
    async def _authorize(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        token = self._settings.web_token
        # Health stays open: probes have no token, and it says nothing of the traffic.
        if token is not None and request.path == "/metrics":
            given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
            # In constant time: `==` would tell by its duration how much of a token is right.
            if not hmac.compare_digest(given, f"Bearer {token.get_secret_value()}".encode()):
                return web.Response(status=401, text="a bearer token is needed\n")
        return await handler(request)

    async def _metrics(self, request: web.Request) -> web.Response:
        if self._before_metrics is not None:
            await self._before_metrics()
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(self._registry), headers={"Content-Type": content_type})

    async def _healthz(self, _request: web.Request) -> web.Response:
        if illness := self._illness():
            return web.Response(status=503, text=f"not well: {illness}\n")
        return web.Response(text="ok\n")

    async def _readyz(self, _request: web.Request) -> web.Response:
        if fault := self._fault():
            return web.Response(status=503, text=f"not ready: {fault}\n")
        if not self._ready():
            return web.Response(status=503, text=f"not ready: {NOT_OPEN}\n")
        return web.Response(text="ready\n")


def _reason(error: OSError) -> str | None:
    """The system's words; asyncio puts a sentence of its own around them, except where a name has no address."""
    return os.strerror(error.errno) if error.errno is not None and error.errno > 0 else error.strerror
