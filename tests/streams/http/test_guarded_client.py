"""The client of one host: each address is judged before it is connected to, and nothing is followed."""

import ssl
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from models.errors import ConfigurationError, EvenhandError, RefusedAddressError
from streams.http.guarded_client import GuardedClient, trusted
from streams.settings.endpoint import Endpoint
from tests.harness.llm_server import LlmServer, sends


def client(url: str, *, permits: Callable[[str], bool] = lambda _: True, token: str | None = None) -> GuardedClient:
    """A client that is not started."""
    return GuardedClient(
        Endpoint.of(url),
        permits=permits,
        tls=ssl.create_default_context(),
        token=None if token is None else SecretStr(token),
        connections=1,
        seconds=5,
    )


async def posted(given: GuardedClient, path: str = "/here") -> int:
    """Status of the answer to one post."""
    await given.start()
    try:
        async with given.post(path, b"{}") as response:
            return response.status
    finally:
        await given.stop()


async def test_a_post_carries_the_token_and_json() -> None:
    """The path goes behind that of the endpoint."""
    async with LlmServer(sends(b"")) as server:
        assert 200 == await posted(client(f"{server.url}/base", token="s3cret"))
        ((path, headers, body),) = server.requests
    assert ("/base/here", "{}") == (path, body)
    assert ("Bearer s3cret", "application/json") == (headers["Authorization"], headers["Content-Type"])


async def test_no_token_is_sent_where_there_is_none() -> None:
    """No empty header either."""
    async with LlmServer(sends(b"")) as server:
        await posted(client(server.url))
        assert "Authorization" not in server.requests[0][1]


async def test_an_address_that_is_not_permitted_gets_no_connection() -> None:
    """The judge sees the address itself, and the error says by its type what happened."""
    asked: list[str] = []

    def nobody(address: str) -> bool:
        asked.append(address)
        return False

    async with LlmServer(sends(b"")) as server:
        with pytest.raises(aiohttp.ClientConnectorError) as caught:
            await posted(client(server.url, permits=nobody))
        assert [] == server.requests
    assert ["127.0.0.1"] == asked
    assert isinstance(caught.value.os_error, RefusedAddressError)
    assert isinstance(caught.value.os_error, EvenhandError)


async def test_a_redirect_is_an_answer() -> None:
    """The other host hears nothing, so the token stays here."""
    async with LlmServer(sends(b"")) as elsewhere, LlmServer(sends(b"", status=307, Location=elsewhere.url)) as server:
        assert 307 == await posted(client(server.url, token="s3cret"))
        assert [] == elsewhere.requests


async def test_it_is_started_once_it_has_a_session() -> None:
    """Callers that may come too early can tell."""
    given = client("http://127.0.0.1:9")
    assert not given.started
    await given.start()
    assert given.started
    await given.stop()


def test_certificates_that_cannot_be_read(tmp_path: Path) -> None:
    """The error names the setting and not what is in the file."""
    with pytest.raises(ConfigurationError, match=r"^llm_ca_location cannot be used \(FileNotFoundError\)$"):
        trusted(tmp_path / "absent.pem", setting="llm_ca_location")
