"""A local endpoint that speaks both protocols and behaves as it is told: right, slow, wrong, malicious."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Self

from aiohttp import web

from tests.harness.workers import free_port

Behaviour = Callable[["LlmServer", web.Request], Awaitable[web.StreamResponse]]


class LlmServer:
    """Serves on a port of loopback and keeps every request that came.

    Args:
        behave: Gives the answer to a prompt.
    """

    def __init__(self, behave: Behaviour) -> None:
        self.behave = behave
        self.requests: list[tuple[str, dict[str, str], str]] = []
        self.port = free_port()

    @property
    def url(self) -> str:
        """Base address for either protocol."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def received(self) -> str:
        """All that ever came, paths, headers and bodies."""
        return json.dumps(self.requests, ensure_ascii=False)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((request.path, dict(request.headers), await request.text()))
        return await self.behave(self, request)

    def said(self, content: str) -> web.Response:
        """What a model wrote, in the protocol of the last request."""
        message = {"role": "assistant", "content": content}
        answer: dict[str, Any] = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
        if self.requests[-1][0] == "/api/chat":
            answer = {"model": "m", "message": message, "done": True}
        return web.json_response(answer)


def asked(body: str) -> dict[str, str]:
    """The data of the user message of a request."""
    data: dict[str, str] = json.loads(json.loads(body)["messages"][1]["content"])
    return data


def says(content: str) -> Behaviour:
    """Always writes the same."""

    async def behave(server: LlmServer, _: web.Request) -> web.StreamResponse:
        return server.said(content)

    return behave


def sends(body: bytes, *, status: int = 200, **headers: str) -> Behaviour:
    """Always sends the same, whatever the protocol."""

    async def behave(_: LlmServer, __: web.Request) -> web.StreamResponse:
        return web.Response(body=body, status=status, headers=headers)

    return behave


def late(seconds: float) -> Behaviour:
    """Is right, but too late."""

    async def behave(server: LlmServer, _: web.Request) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return server.said('{"category": "other"}')

    return behave


async def obeys(server: LlmServer, request: web.Request) -> web.StreamResponse:
    """Does what the description says, as a model does that has been talked into it."""
    return server.said(json.dumps({"category": asked(await request.text())["description"].rpartition(" ")[2]}))


async def drips(_: LlmServer, request: web.Request) -> web.StreamResponse:
    """Begins an answer at once and never ends it."""
    response = web.StreamResponse()
    await response.prepare(request)
    for _number in range(100):
        await response.write(b" ")
        await asyncio.sleep(0.2)
    return response
