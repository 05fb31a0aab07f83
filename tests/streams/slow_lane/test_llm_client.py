"""The HTTP client of the LLM against a real server: addresses are judged at the connection, and nothing is followed."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from models.voters.llm.protocol import LARGEST_ANSWER, Request
from models.voters.llm.voter import CallOutcome
from streams.settings.settings import load_settings
from streams.slow_lane.llm_client import LlmClient
from tests.harness.llm_server import Behaviour, LlmServer, says, sends

NAME = "llm.bank.example"
ASK = Request("/chat/completions", b"{}")


@pytest.fixture
async def server() -> AsyncIterator[LlmServer]:
    """An endpoint that answers at once, on all of this machine's own addresses."""
    async with LlmServer(says("{}")) as running:
        yield running


async def posted(url: str, **overrides: object) -> bytes | CallOutcome:
    """What one request gives."""
    client = LlmClient(load_settings(llm_url=url, llm_model="m", **overrides))
    await client.on_start()
    try:
        return await client.post(ASK)
    finally:
        await client.on_stop()


def resolve(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Make the name resolve to these addresses, as a name server of somebody else's would."""

    def getaddrinfo(host: str | bytes, port: int, *_: Any, **__: Any) -> list[Any]:
        assert host in (NAME, NAME.encode())
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


async def test_an_answer_comes_back(server: LlmServer) -> None:
    """The path goes behind the base address."""
    assert isinstance(await posted(f"{server.url}/v1"), bytes)
    assert "/v1/chat/completions" == server.requests[0][0]


async def test_a_name_at_a_home_address_is_called(server: LlmServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is as good as what it resolves to."""
    resolve(monkeypatch, "127.0.0.1")
    assert isinstance(await posted(f"http://{NAME}:{server.port}"), bytes)


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_name_at_another_address_is_not_connected_to(
    server: LlmServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, scheme: str
) -> None:
    """0.0.0.0 reaches this machine's server as well, so only the check at the connection keeps the request back."""
    resolve(monkeypatch, "0.0.0.0")
    assert CallOutcome.UNREACHABLE == await posted(f"{scheme}://{NAME}:{server.port}")
    assert [] == server.requests
    assert "may not be called" in caplog.text


async def test_a_name_that_changes_its_address_is_refused_from_then_on(
    server: LlmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: what was fine when it was looked up first does not count."""
    client = LlmClient(load_settings(llm_url=f"http://{NAME}:{server.port}", llm_model="m"))
    await client.on_start()
    resolve(monkeypatch, "127.0.0.1")
    server.behave = sends(b"1", Connection="close")
    assert b"1" == await client.post(ASK)
    resolve(monkeypatch, "0.0.0.0")
    assert client._http._session is not None
    client._http._session.connector.clear_dns_cache()  # type: ignore[union-attr]  # it would be kept for ten seconds
    assert CallOutcome.UNREACHABLE == await client.post(ASK)
    await client.on_stop()
    assert 1 == len(server.requests)


async def test_tls_is_verified(server: LlmServer) -> None:
    """A server without a certificate that the bank trusts gets no request."""
    assert CallOutcome.UNREACHABLE == await posted(f"https://127.0.0.1:{server.port}")
    assert [] == server.requests


async def test_proxies_of_the_environment_are_not_used(server: LlmServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A prompt goes to the endpoint and nowhere else."""
    async with LlmServer(says("{}")) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert isinstance(await posted(server.url), bytes)
    assert [] == proxy.requests


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 308, 400, 401, 429, 500])
async def test_any_status_but_200_is_an_error(server: LlmServer, status: int) -> None:
    """Redirects are not followed."""
    async with LlmServer(says("{}")) as elsewhere:
        server.behave = sends(b"", status=status, Location=elsewhere.url)
        assert CallOutcome.HTTP_ERROR == await posted(server.url)
    assert [] == elsewhere.requests


@pytest.mark.parametrize(
    ("behave", "expected"),
    [
        (sends(b"x" * LARGEST_ANSWER), b"x" * LARGEST_ANSWER),
        (sends(b"x" * (LARGEST_ANSWER + 1)), CallOutcome.NOT_PROTOCOL),
        (sends(b"x" * (20 << 20)), CallOutcome.NOT_PROTOCOL),
    ],
    ids=["the largest", "one more", "huge"],
)
async def test_answers_are_read_up_to_a_size(server: LlmServer, behave: Behaviour, expected: object) -> None:
    """What is larger is given up, not kept."""
    server.behave = behave
    assert expected == await posted(server.url)


async def test_compressed_answers_are_not_inflated(server: LlmServer) -> None:
    """A small body stays small."""
    server.behave = sends(b"\x1f\x8b not inflated", **{"Content-Encoding": "gzip"})
    assert b"\x1f\x8b not inflated" == await posted(server.url)


async def test_what_is_not_http_is_an_outcome() -> None:
    """A port that speaks something else neither raises nor hangs."""

    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n" + b"\x00" * 100)
        await writer.drain()
        writer.close()

    babbling = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with babbling:
        port = babbling.sockets[0].getsockname()[1]
        assert await posted(f"http://127.0.0.1:{port}") in (CallOutcome.NOT_PROTOCOL, CallOutcome.UNREACHABLE)


async def test_cookies_are_not_kept(server: LlmServer) -> None:
    """One prompt leaves no mark on the next."""
    client = LlmClient(load_settings(llm_url=server.url, llm_model="m"))
    await client.on_start()
    server.behave = sends(b"1", **{"Set-Cookie": "who=me"})
    await client.post(ASK)
    await client.post(ASK)
    await client.on_stop()
    assert "Cookie" not in server.requests[1][1]
