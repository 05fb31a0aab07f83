"""Somebody who uses the pages' routes without a browser."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from yarl import URL


@dataclass(frozen=True)
class Reply:
    """What a request gave."""

    status: int
    headers: Mapping[str, str]
    json: Any

    @property
    def why(self) -> str:
        """The code of a refusal."""
        return str(self.json["why"])

    @property
    def milliseconds(self) -> float:
        """What the server took."""
        return float(self.headers["Server-Timing"].partition("dur=")[2])


@dataclass
class Caller:
    """A session with its cookies, and the headers that our own page sends with a write.

    Args:
        headers: Sent with everything, as a proxy does.
    """

    url: str
    session: aiohttp.ClientSession
    headers: dict[str, str] = field(default_factory=dict)
    token: str = ""

    async def get(self, path: str, **headers: str) -> Reply:
        """Read something."""
        async with self.session.get(self.url + path, headers=self.headers | headers) as response:
            return await _reply(response)

    async def post(self, path: str, body: object, *, drop: str = "", **headers: str) -> Reply:
        """Write something; headers may be replaced, by names with underscores, or one dropped."""
        sent = {"Origin": self.url.rstrip("/"), "Sec-Fetch-Site": "same-origin", "X-Evenhand-Token": self.token}
        sent |= self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        sent.pop(drop, None)
        async with self.session.post(self.url + path, json=body, headers=sent) as response:
            return await _reply(response)

    async def next(self) -> Any:
        """The next task."""
        return (await self.post("api/review/next", {})).json["task"]


@asynccontextmanager
async def calling(url: str, *, name: str | None = "ada", **headers: str) -> AsyncIterator[Caller]:
    """Somebody who has a token, and a name where one is given.

    Args:
        headers: By names with underscores.
    """
    # Cookies of addresses too, since the server has no name.
    jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=[URL(url).origin()])
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        caller = Caller(url, session, {key.replace("_", "-"): value for key, value in headers.items()})
        me = await caller.get("api/me")
        caller.token = me.json.get("token", "")
        if name is not None and me.json.get("asks") and me.json.get("name") is None:
            named = await caller.post("api/me", {"name": name})
            assert 204 == named.status
        yield caller


async def _reply(response: aiohttp.ClientResponse) -> Reply:
    text = await response.text()
    told = "json" in response.headers.get("Content-Type", "")
    return Reply(response.status, response.headers, await response.json() if told and text else None)
