"""An HTTP client of one host that looks at each address before it connects: no redirects, no proxies, no cookies.

A host name is as trustworthy as the name server that resolves it, and may resolve to something else each time (DNS
rebinding). So the address is judged where the socket is made: the last moment before the connection, after any name was
resolved.
"""

import socket
import ssl
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import aiohttp
from pydantic import SecretStr

from models.errors import ConfigurationError, RefusedAddressError
from streams.settings.endpoint import Endpoint


class GuardedClient:
    """Posts JSON to one host, with a bearer token where one is set.

    Args:
        endpoint: The host, and the first part of each path.
        permits: Judges the address that is about to be connected to.
        tls: Verifies the server, where the endpoint speaks TLS.
        token: Sent as a bearer token; None for none.
        connections: Open at once at most.
        seconds: Longest wait for an answer; None where the caller has a deadline of its own.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        permits: Callable[[str], bool],
        tls: ssl.SSLContext,
        token: SecretStr | None,
        connections: int,
        seconds: float | None = None,
    ) -> None:
        self.endpoint = endpoint
        self._permits = permits
        self._tls = tls
        self._connections = connections
        self._seconds = seconds
        self._headers = {"Content-Type": "application/json", "Accept-Encoding": "identity", "User-Agent": "evenhand"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token.get_secret_value()}"
        self._session: aiohttp.ClientSession | None = None

    @property
    def started(self) -> bool:
        """True once there is a session to post in."""
        return self._session is not None

    async def start(self) -> None:
        """Open the session; it connects at the first post."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=self._tls, limit=self._connections, socket_factory=self._socket),
            timeout=aiohttp.ClientTimeout(total=self._seconds),
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # a small answer must not become a large one in memory
            # A proxy of the environment would connect in our place, past the check of the address.
            trust_env=False,
        )

    async def stop(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    def post(self, path: str, body: bytes) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """Post a body; a redirect is an answer like any other, and not followed.

        Raises:
            aiohttp.ClientConnectorError: There is no connection; its `os_error` is a `RefusedAddressError` where the
                host is at an address that may not be called.
        """
        assert self._session is not None
        return self._session.post(self.endpoint.base + path, data=body, allow_redirects=False)

    def _socket(self, info: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, (address, *_rest) = info
        if not self._permits(str(address)):
            raise RefusedAddressError("address refused")
        return socket.socket(family=family, type=kind, proto=protocol)


def trusted(ca_location: Path | None, *, setting: str) -> ssl.SSLContext:
    """Make the TLS context that verifies a server.

    Args:
        ca_location: File with CA certificates; None: those of the system.
        setting: Name of the setting that gave the file, for the error.

    Raises:
        ConfigurationError: The file cannot be used.
    """
    try:
        return ssl.create_default_context(cafile=ca_location)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"{setting} cannot be used ({type(error).__name__})") from None
