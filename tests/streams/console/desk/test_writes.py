"""What is written: only by our own page, only in its form; and what the desk refuses is said in words."""

from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from yarl import URL

from streams.console.desk.forgery import COOKIE
from tests.streams.console.desk.caller import Caller, calling
from tests.streams.console.desk.cases import CASES, CLINICS, HUNCH
from tests.streams.console.desk.learned import Learned, busy
from tests.streams.console.desk.serving import serving
from tests.streams.console.desk.test_people import ANSWERS, DECIDES
from tests.streams.console.serving import get

WRITES = {"api/me": {"name": "mallory"}} | ANSWERS | DECIDES
GUARDED = ("review", "learning", "api/me", "api/review/progress", "api/review/similar?id=x", "api/learning")


@pytest.mark.parametrize("path", WRITES)
async def test_every_write_is_protected_from_other_sites(path: str) -> None:
    """Without our token, from another page or another origin, or with another's cookie, nothing is written."""
    async with serving(*CASES) as served, calling(served.url) as ada:
        body = WRITES[path]
        refused = [
            await ada.post(path, body, drop="X-Evenhand-Token"),
            await ada.post(path, body, X_Evenhand_Token="0" * 64),
            await ada.post(path, body, drop="Origin"),
            await ada.post(path, body, Origin="http://evil.example", drop="Sec-Fetch-Site"),
            await ada.post(path, body, Origin="null", drop="Sec-Fetch-Site"),
            await ada.post(path, body, Sec_Fetch_Site="cross-site"),
            await ada.post(path, body, Sec_Fetch_Site="same-site"),
            await ada.post(path, body, Sec_Fetch_Site="none"),
        ]
        ada.session.cookie_jar.update_cookies({COOKIE: "another"}, URL(served.url))
        refused.append(await ada.post(path, body))
        ada.session.cookie_jar.clear(lambda one: one.key == COOKIE)
        refused.append(await ada.post(path, body))

        assert [(403, "forged")] * len(refused) == [(reply.status, reply.why) for reply in refused]
        assert [] == served.corrections
        assert [] == served.learned.told
        assert all(not item.claimed_by for item in served.queue.items.values())


async def test_our_own_page_may_write_behind_a_proxy_that_renames_the_host() -> None:
    """Then the browser's own word tells, which no page can set."""
    async with serving(*CASES) as served, calling(served.url) as ada:
        renamed = await ada.post("api/review/next", {}, Origin="https://review.bank.example")
        old = await ada.post("api/review/next", {}, drop="Sec-Fetch-Site")

    assert (200, 200) == (renamed.status, old.status)


async def test_the_cookie_goes_nowhere_else() -> None:
    """No script reads it, and no other site makes the browser send it."""
    async with serving() as served:
        me = await get(served.url + "api/me")

    cookie = SimpleCookie(me.headers["Set-Cookie"])[COOKIE]
    assert (True, "Strict", "/") == (cookie["httponly"], cookie["samesite"], cookie["path"])


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:9466"])
async def test_another_name_for_this_machine_gets_nothing(path: str, host: str) -> None:
    """A page elsewhere whose name is made to point here (DNS rebinding)."""
    async with serving(*CASES) as served:
        assert 401 == (await get(served.url + path, headers={"Host": host})).status


@pytest.mark.parametrize("path", GUARDED)
async def test_a_token_is_asked_for(path: str) -> None:
    """Everywhere; a browser brings it once."""
    async with serving(*CASES, token="s3cret") as served:
        refused = await get(served.url + path)
        wrong = await get(served.url + path, headers={"Authorization": "Bearer wrong"})
        entered = await get(served.url + "review", params={"token": "s3cret"})

    assert (401, 401) == (refused.status, wrong.status)
    assert (303, "/review") == (entered.status, entered.headers["Location"])


@pytest.mark.parametrize("path", ["", "review", "learning", "api/me"])
async def test_every_answer_is_protected(path: str) -> None:
    """Nothing inline, nothing from elsewhere, in nobody's frame, in no cache."""
    async with serving(*CASES) as served:
        answer = await get(served.url + path)

    assert 200 == answer.status
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert ("no-store", "nosniff") == (answer.headers["Cache-Control"], answer.headers["X-Content-Type-Options"])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("api/review/next", []),
        ("api/review/next", {"plain": True, "more": 1}),
        ("api/review/next", {"skipped": ["x"]}),
        ("api/review/release", {"id": "x", "skip": "perhaps"}),
        ("api/review/answer", {"id": "x"}),
        ("api/review/answer", {"id": "x", "category": "no such"}),
        ("api/review/answer", {"id": 7, "category": "pets"}),
        ("api/review/answer", {"id": "x", "category": "pets", "similar": ["y"] * 51}),
        ("api/review/answer", {"id": "x", "category": "pets", "reason": "y" * 257}),
        ("api/learning/instruct", {"action": "forget_account", "target": "a-1", "reason": "x"}),
        ("api/learning/instruct", {"action": "release", "target": "c-5"}),
        ("api/learning/instruct", {"action": "release", "target": "c-5", "reason": "  "}),
        ("api/learning/instruct", {"action": "release", "reason": "x"}),
        ("api/learning/instruct", {"action": "freeze", "target": "c-5", "reason": "x"}),
        ("api/learning/instruct", {"action": "explode"}),
        ("api/learning/instruct", {"action": "release", "target": "c" * 129, "reason": "x"}),
        ("api/learning/instruct", {"action": "release", "target": "c\u200b5", "reason": "x"}),
        ("api/learning/instruct", {"action": "release", "target": "c-5", "reason": "\ud800"}),
        ("api/review/answer", {"id": "x", "category": "pets", "reason": "\ud800"}),
        ("api/review/claim", {"id": "x" * 129}),
        ("api/review/claim", {"id": "\ud800"}),
    ],
)
async def test_what_no_page_sends_is_refused(path: str, body: object) -> None:
    """With what is wrong, and without an effect."""
    async with serving(*CASES, learned=busy()) as served, calling(served.url) as ada:
        refused = await ada.post(path, body)

        assert (400, "invalid") == (refused.status, refused.why)
        assert [] == served.corrections
        assert [] == served.learned.told


async def test_a_body_that_is_no_json_is_refused() -> None:
    """A form of another site cannot send JSON without asking first."""
    async with serving() as served, calling(served.url) as ada:
        sent = {"Origin": ada.url.rstrip("/"), "X-Evenhand-Token": ada.token}
        statuses = []
        for body, kind in (("{}", "text/plain"), ("{", "application/json"), ("[" * 9_999, "application/json")):
            headers = sent | {"Content-Type": kind}
            async with ada.session.post(ada.url + "api/review/next", data=body, headers=headers) as response:
                statuses.append(response.status)

    assert [400] * 3 == statuses


@pytest.mark.parametrize("charset", ["foo", "hex", "utf-16"])
async def test_json_is_utf_8_whatever_its_header_names(charset: str) -> None:
    """A charset that there is not, or that is no text's, is no failure of the server."""
    async with serving(HUNCH) as served, calling(served.url) as ada:
        sent = {"Origin": ada.url.rstrip("/"), "X-Evenhand-Token": ada.token}
        headers = sent | {"Content-Type": f"application/json; charset={charset}"}
        async with ada.session.post(ada.url + "api/review/next", data=b"{}", headers=headers) as response:
            assert 200 == response.status


async def test_an_origin_that_is_no_address_is_not_ours() -> None:
    """Nor is it a failure of the server."""
    async with serving(HUNCH) as served, calling(served.url) as ada:
        assert 403 == (await ada.post("api/review/next", {}, Origin="http://[", drop="Sec-Fetch-Site")).status


async def _hold(caller: Caller) -> str:
    return str((await caller.next())["id"])


async def test_what_another_has_is_refused_in_words() -> None:
    """Two reviewers never work on the same one."""
    async with serving(HUNCH) as served, calling(served.url) as ada, calling(served.url, name="bob") as bob:
        held = await _hold(ada)
        nothing = await bob.next()
        refused = await bob.post("api/review/answer", {"id": held, "category": "pets"})
        await ada.post("api/review/answer", {"id": held, "category": "shopping"})
        late = await bob.post("api/review/answer", {"id": held, "category": "pets"})
        unknown = await bob.post("api/review/claim", {"id": "no such"})

        assert nothing is None
        assert [(409, "taken"), (409, "answered"), (409, "unknown")] == [
            (reply.status, reply.why) for reply in (refused, late, unknown)
        ]
        assert all(reply.json["say"] for reply in (refused, late, unknown))
        assert ["shopping"] == [str(correction.category) for correction in served.corrections]


async def test_an_answer_after_the_claim_ran_out_counts_while_nobody_else_has_it() -> None:
    """And where somebody has, it is said."""
    async with serving(HUNCH) as served, calling(served.url) as ada, calling(served.url, name="bob") as bob:
        held = await _hold(ada)
        served.clock.ahead = timedelta(minutes=3)
        assert held == await _hold(bob)
        refused = await ada.post("api/review/answer", {"id": held, "category": "pets"})
        served.clock.ahead = timedelta(minutes=6)
        accepted = await ada.post("api/review/answer", {"id": held, "category": "pets"})

    assert ("taken", 200) == (refused.why, accepted.status)


async def test_what_was_skipped_comes_after_the_others() -> None:
    """The server knows it, so that a page that is loaded anew is not shown the same again; until nothing else waits."""
    async with serving(*CLINICS[:3]) as served, calling(served.url) as ada:
        skipped: list[str] = []
        for _ in range(4):
            task = await ada.next()
            skipped.append(task["id"])
            await ada.post("api/review/release", {"id": task["id"], "skip": True})
        held = [item.request_id for item in served.queue.items.values() if item.claimed_by]
        async with calling(served.url, name="Grace") as grace:
            others = (await grace.next())["id"]

    assert 3 == len(set(skipped[:3]))
    assert skipped[3] == skipped[0] == others
    assert [] == held


async def test_what_another_has_is_not_given_back() -> None:
    """It says so, and the other keeps it; what nobody has is given back already."""
    async with serving(*CASES) as served, calling(served.url) as ada, calling(served.url, name="Grace") as grace:
        held = await _hold(ada)
        refused = await grace.post("api/review/release", {"id": held})
        skipped = await grace.post("api/review/release", {"id": held, "skip": True})
        holder = served.queue.items[held].claimed_by
        given_back = [(await ada.post("api/review/release", {"id": held})).status for _ in range(2)]
        await ada.post("api/review/answer", {"id": held, "category": "pets"})
        answered = await grace.post("api/review/release", {"id": held})
        unknown = await grace.post("api/review/release", {"id": "nothing"})

    assert [(409, "taken")] * 2 == [(reply.status, reply.why) for reply in (refused, skipped)]
    assert ("ada", [200, 200]) == (holder, given_back)
    assert [(409, "answered"), (409, "unknown")] == [(reply.status, reply.why) for reply in (answered, unknown)]


async def test_an_answer_brings_the_next_request_along() -> None:
    """In one go; with an answer that is refused nothing is taken."""
    async with serving(*CLINICS[:3], HUNCH) as served, calling(served.url) as ada:
        task = await ada.next()
        others = [like["id"] for like in (await ada.get(f"api/review/similar?id={task['id']}")).json["likes"]]
        answer = {"id": task["id"], "category": "pets", "similar": others, "next": {"plain": True}}
        both = (await ada.post("api/review/answer", answer)).json
        refused = await ada.post("api/review/answer", {"id": task["id"], "category": "fuel", "next": {}})
        held = [item.request_id for item in served.queue.items.values() if item.claimed_by]

    assert (3, HUNCH.description) == (both["answered"]["settled"], both["task"]["line"][0]["text"])
    assert both["task"]["aid"] is None
    assert (409, "answered") == (refused.status, refused.why)
    assert [both["task"]["id"]] == held


async def test_an_answer_counts_where_the_next_request_cannot_be_taken() -> None:
    """It was accepted, and is not reported as refused; the page asks for the next one by itself."""
    async with serving(CLINICS[0], HUNCH) as served, calling(served.url) as ada:
        held = await _hold(ada)
        served.journal.takes = 1
        reply = await ada.post("api/review/answer", {"id": held, "category": "pets", "next": {}})

        assert (200, 1, None) == (reply.status, reply.json["answered"]["settled"], reply.json["task"])
        assert ["pets"] == [str(correction.category) for correction in served.corrections]


async def test_a_queue_that_does_not_answer_is_said_in_words() -> None:
    """Kafka is silent, or another process keeps the queue: 503, and nothing is lost."""
    async with serving(*CASES) as served, calling(served.url) as ada:
        held = await _hold(ada)
        served.journal.silent = True
        silent = await ada.post("api/review/answer", {"id": held, "category": "pets"})
        served.journal.silent = False
        again = await ada.post("api/review/answer", {"id": held, "category": "pets"})
        served.desk.released()
        starting = await ada.get("api/review/progress")

    assert [(503, "silent"), (503, "starting")] == [(reply.status, reply.why) for reply in (silent, starting)]
    assert 200 == again.status
    assert 1 == len(served.corrections)


async def test_instructions_name_who_gave_them() -> None:
    """Actor, standing, time, reason; and the learner carries them out."""
    async with serving(learned=busy()) as served, calling(served.url, name="grete") as grete:
        before = (await grete.get("api/learning")).json["report"]
        told = await grete.post(
            "api/learning/instruct", {"action": "release", "target": "c-5", "reason": " looked it up "}
        )
        after = (await grete.get("api/learning")).json["report"]

    assert (200, 1, 0) == (told.status, before["quarantine_total"], after["quarantine_total"])
    given = served.learned.told[0]
    assert ("release", "c-5", "grete", "approver", "looked it up") == (
        given.action,
        given.target,
        given.actor,
        given.standing,
        given.reason,
    )
    assert given.timestamp.tzinfo is not None


async def test_a_learner_that_was_not_heard_of_is_no_error() -> None:
    """There is nothing to show yet."""
    async with serving(learned=Learned(heard=False)) as served, calling(served.url) as ada:
        assert (None, []) == ((told := (await ada.get("api/learning")).json)["report"], told["accuracy"])


async def test_the_server_answers_within_a_tenth_of_a_second() -> None:
    """Each route, with 2,000 requests that wait; what it takes beside Kafka. On Kafka: tests/faults/test_desk.py."""
    many = [
        HUNCH.model_copy(update={"transaction_id": f"m-{number}", "merchant_key": f"k{number % 40}"})
        for number in range(2_000)
    ]
    async with serving(*many) as served, calling(served.url) as ada:
        took: dict[str, list[float]] = {}
        for _ in range(30):
            replies = {"next": await ada.post("api/review/next", {})}
            held = replies["next"].json["task"]["id"]
            replies["similar"] = await ada.get(f"api/review/similar?id={held}")
            ids = [like["id"] for like in replies["similar"].json["likes"]][:5]
            replies["claim"] = await ada.post("api/review/claim", {"id": held})
            replies["answer"] = await ada.post("api/review/answer", {"id": held, "category": "pets", "similar": ids})
            replies["undo"] = await ada.post("api/review/undo", {})
            replies["progress"] = await ada.get("api/review/progress")
            for name, reply in replies.items():
                took.setdefault(name, []).append(reply.milliseconds)

    slowest = {name: max(all_of_them) for name, all_of_them in took.items()}
    print({name: f"{sorted(each)[len(each) // 2]:.1f} ms, at most {max(each):.1f}" for name, each in took.items()})
    assert {} == {name: most for name, most in slowest.items() if most > 100}
