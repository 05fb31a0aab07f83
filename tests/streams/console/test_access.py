"""Who may look: names of this machine without a token; with one, a bearer or the cookie that stands for it."""

from http.cookies import SimpleCookie

import pytest

from streams.console.access import COOKIE
from tests.streams.console.serving import get, serving
from tests.streams.console.snapshots import nothing

GUARDED = ("", "api/state", "api/stream", "runbooks/", "runbooks/review_rate")
TOKEN = 's3cret; with "letters" that no cookie can hold, ü'


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize("host", ["evil.example", "evil.example:9465", "localhost.evil.example", ""])
async def test_another_name_for_this_machine_gets_nothing(path: str, host: str) -> None:
    """A page elsewhere whose name is made to point here (DNS rebinding) reads no figure."""
    async with serving(nothing()) as console:
        assert 401 == (await get(console.url + path, headers={"Host": host})).status


@pytest.mark.parametrize("host", ["localhost", "localhost:9465", "127.0.0.1:80", "[::1]:9465"])
async def test_names_of_this_machine_need_no_token(host: str) -> None:
    """Loopback is what the console is bound to without a token."""
    async with serving(nothing()) as console:
        assert 200 == (await get(console.url + "api/state", headers={"Host": host})).status


@pytest.mark.parametrize("path", GUARDED)
async def test_a_token_is_asked_for_everywhere(path: str) -> None:
    """No token, a wrong one and a wrong cookie are refused, and told how to do it."""
    async with serving(nothing(), token=TOKEN) as console:
        url = console.url + path
        refused = [
            await get(url),
            await get(url, headers={"Authorization": "Bearer wrong"}),
            await get(url, headers={"Authorization": f"Basic {TOKEN}".encode().decode("latin-1")}),
            await get(url, headers={"Cookie": f"{COOKIE}=wrong"}),
            await get(url, params={"token": "wrong"}),
        ]

    assert [401] * 5 == [answer.status for answer in refused]
    assert {"Bearer"} == {answer.headers["WWW-Authenticate"] for answer in refused}


async def test_a_bearer_is_let_in() -> None:
    """Programs send the token with each request."""
    async with serving(nothing(), token="s3cret") as console:
        answer = await get(console.url + "api/state", headers={"Authorization": "Bearer s3cret"})

    assert 200 == answer.status


async def test_a_browser_opens_the_page_with_the_token_once() -> None:
    """It is sent on without the token, with a cookie that no script reads and no other site sends."""
    async with serving(nothing(), token=TOKEN) as console:
        entered = await get(console.url, params={"token": TOKEN})
        cookie = SimpleCookie(entered.headers["Set-Cookie"])[COOKIE]
        page = await get(console.url, headers={"Cookie": f"{COOKIE}={cookie.value}"})

    assert (303, "/") == (entered.status, entered.headers["Location"])
    assert (True, True, "Strict", "/") == (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"])
    assert "s3cret" not in cookie.value
    assert 200 == page.status


async def test_the_cookie_is_not_the_token() -> None:
    """A cookie that leaks opens the console, but not what asks for the bearer."""
    async with serving(nothing(), token="s3cret") as console:
        entered = await get(console.url, params={"token": "s3cret"})
        value = SimpleCookie(entered.headers["Set-Cookie"])[COOKIE].value
        answer = await get(console.url + "api/state", headers={"Authorization": f"Bearer {value}"})

    assert 401 == answer.status
