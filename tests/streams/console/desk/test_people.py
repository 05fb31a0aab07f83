"""Who asks, and what they may do: names from a proxy, from the token, or from the browser itself."""

import hmac
from http.cookies import SimpleCookie

import pytest
from aiohttp.test_utils import make_mocked_request

from streams.console.desk.people import COOKIE, SECRET_HEADER, TOKEN_USER, People, Role
from streams.console.desk.serve import people_of
from streams.settings.settings import load_settings
from tests.streams.console.desk.caller import calling
from tests.streams.console.desk.cases import CASES
from tests.streams.console.desk.learned import busy
from tests.streams.console.desk.serving import KEY, serving
from tests.streams.console.serving import get

BEHIND_A_PROXY = People(user_header="X-User", role_header="X-Role", ask=True, key=KEY)

READS = ["api/review/progress", "api/learning"]
ANSWERS = {
    "api/review/next": {},
    "api/review/claim": {"id": "x"},
    "api/review/release": {"id": "x"},
    "api/review/answer": {"id": "x", "category": "pets"},
    "api/review/undo": {},
}
DECIDES = {"api/learning/instruct": {"action": "freeze", "reason": "a test"}}


@pytest.mark.parametrize(("role", "may"), [("viewer", 0), ("reviewer", 1), ("approver", 2), ("owner", 0), ("", 0)])
async def test_a_role_may_what_the_table_says(role: str, may: int) -> None:
    """A viewer reads, a reviewer answers, too, an approver decides what is learned; what is no role may look."""
    async with (
        serving(people=BEHIND_A_PROXY, learned=busy()) as served,
        calling(served.url, X_User="ada", X_Role=role) as ada,
    ):
        reads = [(await ada.get(path)).status for path in READS]
        answers = [await ada.post(path, body) for path, body in ANSWERS.items()]
        answers.append(await ada.get("api/review/similar?id=x"))
        decides = [await ada.post(path, body) for path, body in DECIDES.items()]

    assert {200} == set(reads)
    assert (may >= 1) is all(reply.status != 403 for reply in answers)
    assert (may >= 1) is any(reply.status != 403 for reply in answers)
    assert [200 if may >= 2 else 403] == [reply.status for reply in decides]
    assert {"role"} >= {reply.why for reply in (*answers, *decides) if reply.status == 403}
    assert may >= 2 or not served.learned.told


async def test_a_refused_role_is_told_so_in_words() -> None:
    """It says what is needed, and what one is."""
    async with (
        serving(people=BEHIND_A_PROXY) as served,
        calling(served.url, X_User="ada", X_Role="reviewer") as ada,
    ):
        refused = await ada.post("api/learning/instruct", {"action": "thaw"})

    assert (403, "This is for an approver; you are a reviewer.") == (refused.status, refused.json["say"])


async def test_the_proxy_names_the_actor() -> None:
    """What it says stands in the correction, whatever the browser's cookie says."""
    async with serving(*CASES, people=BEHIND_A_PROXY) as served:
        async with calling(served.url, X_User="ada", X_Role="reviewer") as ada:
            task = await ada.next()
            await ada.post("api/review/answer", {"id": task["id"], "category": "pets"}, Cookie=f"{COOKIE}=6d616c.x")

        assert ["ada"] == [correction.actor for correction in served.corrections]


@pytest.mark.parametrize("name", [None, "", " ", "x" * 129, "a\u200bb"])
async def test_without_the_proxys_name_nobody_gets_in(name: str | None) -> None:
    """A request that came past the proxy has no name, and may not give itself one."""
    async with (
        serving(*CASES, people=BEHIND_A_PROXY) as served,
        calling(served.url, name=None, X_Role="approver") as no,
    ):
        no.headers |= {} if name is None else {"X-User": name}
        me = (await no.get("api/me")).json
        named = await no.post("api/me", {"name": "mallory"})
        refused = await no.post("api/review/next", {})

    assert (None, False) == (me["name"], me["asks"])
    assert (400, 401, "nameless") == (named.status, refused.status, refused.why)


@pytest.mark.parametrize(("secret", "status"), [("from the proxy", 200), ("s3cret", 401), ("", 401), ("ü", 401)])
async def test_the_web_token_makes_nobody_the_proxy(secret: str, status: int) -> None:
    """Prometheus and viewers have it, too: names and roles count with the proxy's own secret only."""
    people = People(user_header="X-User", role_header="X-Role", secret="from the proxy", ask=False, key=KEY)
    async with (
        serving(people=people, token="s3cret", learned=busy()) as served,
        calling(served.url, X_User="ada", X_Role="approver", Authorization="Bearer s3cret") as caller,
    ):
        caller.headers[SECRET_HEADER] = secret
        reply = await caller.post("api/learning/instruct", {"action": "freeze", "reason": "a test"})

    assert status == reply.status
    assert (status == 200) is bool(served.learned.told)


ELSEWHERE = {"web_host": "0.0.0.0", "web_certificate_location": "c.pem", "web_key_location": "k.pem", "web_token": "s3"}
PROXY = {"review_user_header": "X-User", "review_proxy_secret": "p"}


@pytest.mark.parametrize(
    ("settings", "role"),
    [
        ({}, "approver"),
        (ELSEWHERE, "reviewer"),
        (ELSEWHERE | {"review_token_role": "viewer"}, "viewer"),
        (ELSEWHERE | PROXY, "approver"),
        (ELSEWHERE | PROXY | {"review_role_header": "X-Role"}, "viewer"),
    ],
)
def test_what_may_be_done_without_a_role(settings: dict[str, str], role: str) -> None:
    """On loopback, by the web token, and behind a proxy that names nobody's role."""
    request = make_mocked_request("GET", "/api/me", headers={"X-User": "ada", SECRET_HEADER: "p"})

    assert role == people_of(load_settings(**settings), KEY).role(request)


async def test_two_names_are_none() -> None:
    """One of them might be the browser's."""
    async with serving(people=BEHIND_A_PROXY) as served:
        both = await get(served.url + "api/me", headers=[("X-User", "ada"), ("X-User", "mallory")])

    assert both.json["name"] is None


async def test_on_loopback_the_browser_is_asked_once() -> None:
    """The name is kept in a cookie that no script reads, no other site sends, and nobody else can sign."""
    async with serving(*CASES) as served, calling(served.url, name=None) as ada:
        before = (await ada.get("api/me")).json
        nameless = await ada.post("api/review/next", {})
        async with ada.session.post(
            ada.url + "api/me",
            json={"name": " Ada Löwe "},
            headers={"Origin": ada.url.rstrip("/"), "X-Evenhand-Token": ada.token},
        ) as response:
            cookie = SimpleCookie(response.headers["Set-Cookie"])[COOKIE]
        after = (await ada.get("api/me")).json

    assert (None, None, True) == (before["name"], before["role"], before["asks"])
    assert (401, "nameless") == (nameless.status, nameless.why)
    assert ("Ada Löwe", "approver") == (after["name"], after["role"])
    assert (True, "Strict", "/") == (cookie["httponly"], cookie["samesite"], cookie["path"])


@pytest.mark.parametrize("name", ["", "  ", "a\u202eb", "a\nb", "x" * 129])
async def test_what_is_no_name_is_refused(name: str) -> None:
    """Nothing, what cannot be seen, what is too long."""
    async with serving() as served, calling(served.url, name=None) as ada:
        assert 400 == (await ada.post("api/me", {"name": name})).status


@pytest.mark.parametrize("name", [TOKEN_USER, "Web-Token", "ｗｅｂ-token", "accounts"])
async def test_names_by_which_others_speak_are_taken(name: str) -> None:
    """Whoever has the web token, and many accounts together; a cookie that was signed for one before is none."""
    async with serving() as served, calling(served.url, name=None) as ada:
        refused = await ada.post("api/me", {"name": name})
        given = name.encode().hex()
        signature = hmac.new(KEY, b"reviewer " + given.encode(), "sha256").hexdigest()
        me = await get(served.url + "api/me", headers={"Cookie": f"{COOKIE}={given}.{signature}"})

    assert (400, True) == (refused.status, "is none of accounts, web-token" in refused.json["say"])
    assert me.json["name"] is None


@pytest.mark.parametrize("cookie", ["", "x", "61.", "61.00", "zz.00", ".", "6164.ü"])
async def test_a_cookie_that_we_did_not_sign_is_none(cookie: str) -> None:
    """Another server of this machine may set cookies of its own: they name nobody."""
    async with serving() as served:
        me = await get(served.url + "api/me", headers={"Cookie": f"{COOKIE}={cookie}"})

    assert me.json["name"] is None


async def test_a_signature_is_of_one_name() -> None:
    """The name of a signed cookie cannot be exchanged."""
    async with serving() as served, calling(served.url, name="ada") as ada:
        signed = next(one.value for one in ada.session.cookie_jar if one.key == COOKIE)
        forged = b"mallory".hex() + signed[signed.index(".") :]
        known = await get(served.url + "api/me", headers={"Cookie": f"{COOKIE}={signed}"})
        unknown = await get(served.url + "api/me", headers={"Cookie": f"{COOKIE}={forged}"})

    assert ("ada", None) == (known.json["name"], unknown.json["name"])


async def test_beyond_loopback_the_token_is_the_user() -> None:
    """Who has the web token and comes through no proxy is one and the same."""
    people = People(ask=False, key=KEY)
    async with (
        serving(*CASES, people=people, token="s3cret") as served,
        calling(served.url, Authorization="Bearer s3cret") as program,
    ):
        me = (await program.get("api/me")).json
        task = await program.next()
        await program.post("api/review/answer", {"id": task["id"], "category": "pets"})

    assert (TOKEN_USER, "approver", False) == (me["name"], me["role"], me["asks"])
    assert [TOKEN_USER] == [correction.actor for correction in served.corrections]


def test_roles_include_those_before_them() -> None:
    """In this order."""
    assert [[True, False, False], [True, True, False], [True, True, True]] == [
        [role.may(least) for least in Role] for role in Role
    ]
