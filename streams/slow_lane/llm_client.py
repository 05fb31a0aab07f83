"""Calls of the LLM: a request out, the body of its answer back, or why there is none."""

import logging
from typing import Any

import aiohttp
from mode import Service

from models.voters.llm.protocol import LARGEST_ANSWER, Request
from models.voters.llm.voter import CallOutcome
from streams.http.guarded_client import GuardedClient, trusted
from streams.settings.settings import Settings

log = logging.getLogger(__name__)

CHUNK = 8 << 10


class LlmClient(Service):
    """Posts requests to the endpoint that `llm_url` names.

    Raises:
        ConfigurationError: The endpoint or the file of CA certificates cannot be used.
    """

    def __init__(self, settings: Settings, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._http = GuardedClient(
            settings.llm_endpoint(),
            permits=self._permits,
            tls=trusted(settings.llm_ca_location, setting="llm_ca_location"),
            token=settings.llm_api_key,
            connections=settings.llm_concurrency,  # no limit of seconds: `Asker` applies the deadline
        )

    async def on_start(self) -> None:
        """Open the session; it connects when there is something to ask."""
        await self._http.start()

    async def on_stop(self) -> None:
        """Close all connections."""
        await self._http.stop()

    async def post(self, request: Request) -> bytes | CallOutcome:
        """Post a request.

        Returns:
            The body of an answer with status 200, or why there is none. A redirect is an error like any other status.
        """
        if not self._http.started:
            return CallOutcome.UNREACHABLE
        try:
            async with self._http.post(request.path, request.body) as response:
                if response.status != 200:
                    return CallOutcome.HTTP_ERROR
                return await _body(response)
        except (aiohttp.ClientConnectionError, aiohttp.InvalidURL):
            return CallOutcome.UNREACHABLE
        except (aiohttp.ClientError, ValueError):  # what aiohttp cannot take for HTTP
            return CallOutcome.NOT_PROTOCOL

    def _permits(self, address: str) -> bool:
        endpoint = self._http.endpoint
        if endpoint.permits(address):
            return True
        log.error("the LLM's host %s is at an address that may not be called: refused", endpoint.host)
        return False


async def _body(response: aiohttp.ClientResponse) -> bytes | CallOutcome:
    body = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            # Not drained: what is left of such an answer may have no end.
            response.close()
            return CallOutcome.NOT_PROTOCOL
    return bytes(body)
