"""The HTTP client of the LLM: one host, checked at each connection; no redirects, no proxies, no cookies."""

import logging
import socket
import ssl
from typing import Any

import aiohttp
from mode import Service

from models.errors import ConfigurationError
from models.voters.llm.protocol import LARGEST_ANSWER, Request
from models.voters.llm.voter import Outcome
from streams.http.guarded_client import RefusedAddressError
from streams.settings.settings import Settings

log = logging.getLogger(__name__)

CHUNK = 8 << 10


class LlmClient(Service):
    """Posts requests to the endpoint of the settings.

    Args:
        settings: `llm_*`.

    Raises:
        ConfigurationError: The endpoint or the file of CA certificates cannot be used.
    """

    def __init__(self, settings: Settings, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._endpoint = settings.llm_endpoint()
        self._tls = _tls(settings)
        self._limit = settings.llm_concurrency
        self._headers = {"Content-Type": "application/json", "Accept-Encoding": "identity", "User-Agent": "evenhand"}
        if settings.llm_api_key is not None:
            self._headers["Authorization"] = f"Bearer {settings.llm_api_key.get_secret_value()}"
        self._session: aiohttp.ClientSession | None = None

    async def on_start(self) -> None:
        """Open the session; it connects when there is something to ask."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=self._tls, limit=self._limit, socket_factory=self._socket),
            timeout=aiohttp.ClientTimeout(total=None),  # whoever asks has the deadline
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )

    async def on_stop(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def post(self, request: Request) -> bytes | Outcome:
        """Post a request.

        Returns:
            The body of an answer with status 200, or why there is none. A redirect is an error like any other status.
        """
        if self._session is None:
            return Outcome.UNREACHABLE
        try:
            async with self._session.post(
                self._endpoint.base + request.path, data=request.body, allow_redirects=False
            ) as response:
                if response.status != 200:
                    return Outcome.HTTP_ERROR
                return await _body(response)
        except (aiohttp.ClientConnectionError, aiohttp.InvalidURL):
            return Outcome.UNREACHABLE
        except (aiohttp.ClientError, ValueError):  # what aiohttp cannot take for HTTP
            return Outcome.NOT_PROTOCOL

    def _socket(self, info: tuple[Any, ...]) -> socket.socket:
        """The socket for one address: the last look before connecting, after any name was resolved."""
        family, kind, protocol, _, (address, *_rest) = info
        if not self._endpoint.permits(str(address)):
            log.error("the LLM's host %s is at an address that may not be called: refused", self._endpoint.host)
            raise RefusedAddressError("address refused")
        return socket.socket(family=family, type=kind, proto=protocol)


async def _body(response: aiohttp.ClientResponse) -> bytes | Outcome:
    body = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            response.close()
            return Outcome.NOT_PROTOCOL
    return bytes(body)


def _tls(settings: Settings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.llm_ca_location)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"llm_ca_location cannot be used ({type(error).__name__})") from None
