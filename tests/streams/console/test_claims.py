"""What the page claims: a tick only where it is earned, and loud words where figures are old, missing or not judged."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files

import pytest
from playwright.async_api import Error

from monitors.base.contract import MonitorName
from monitors.snapshot import Snapshot
from tests.streams.console.browser import Browser, Tab
from tests.streams.console.documents import moment, told
from tests.streams.console.serving import Teller, get, serving, telling
from tests.streams.console.snapshots import (
    NOW,
    abandoned,
    calm_day,
    nothing,
    sparsely_labelled,
    unlabelled,
    unserved,
    unused,
    working_day,
)
from tests.streams.console.test_page import SHOWN, text

NO_LABELS = [
    {"monitor": name, "why": "no_labels", "of": of, "have": 0, "least": 30}
    for name, of in (("amount_parity", "blind"), ("category_parity", "blind"), ("minority_recall", "labels"))
]
NO_PROBES = {"monitor": "probe_flips", "why": "no_probes", "of": "probes", "have": 0, "least": 200}
TOO_FEW = {"monitor": "review_rise", "why": "too_few", "of": "decisions_before", "have": 143, "least": 200}


@asynccontextmanager
async def page(browser: Browser, snapshot: Snapshot, **over: Mapping[str, object]) -> AsyncIterator[tuple[Tab, Teller]]:
    """The page with a state that is a snapshot's but for `over`, once it has shown it."""
    async with telling(told(snapshot, **over)) as teller, browser.tab(teller.url) as tab:
        await tab.until(SHOWN)
        yield tab, teller


def silent(age: float, waiting: int | None) -> dict[str, object]:
    """Workers that reported so many seconds ago."""
    return {"last_reported": moment(NOW - timedelta(seconds=age)), "waiting": waiting}


async def level(tab: Tab) -> str:
    """The state that the headline's symbol shows."""
    name: str = await tab.run("document.querySelector('#overall').className")
    return name.removeprefix("overall ")


async def test_a_tick_where_all_gaps_are_judged_and_figures_are_fresh(browser: Browser) -> None:
    """The good news says how much is judged, and the list of alerts is gone."""
    async with page(browser, calm_day()) as (tab, _):
        assert ("ok", "No alert open; 17 of 17 monitors judge") == (await level(tab), await text(tab, "#overall"))
        assert await tab.run("document.querySelector('#alerts').hidden && document.querySelector('#concerns').hidden")


@pytest.mark.parametrize(
    ("judging", "mute", "said"),
    [
        (3, NO_LABELS, "No alert open; 3 of 17 monitors judge"),
        (0, [*NO_LABELS, TOO_FEW], "No alert open; none of 17 monitors judges"),
    ],
)
async def test_no_tick_while_gaps_are_not_judged(browser: Browser, judging: int, mute: list[object], said: str) -> None:
    """No alert open is not even: where gaps between groups are not judged, the headline has no tick."""
    async with page(browser, calm_day(), judged={"judging": judging, "silent": mute}) as (tab, _):
        assert ("not_enough_data", said) == (await level(tab), await text(tab, "#overall"))


@pytest.mark.parametrize(
    ("snapshot", "expected", "said"),
    [
        (unlabelled, "not_enough_data", "No alert open; 14 of 17 monitors judge"),
        (
            sparsely_labelled,
            "not_enough_data",
            "No alert open; 17 of 17 monitors judge, but not large amounts",
        ),
        (
            abandoned,
            "page",
            "4 alerts open: 1 page, 3 warnings; no worker has reported for 4 min, 3,000 transactions wait",
        ),
        (unserved, "page", "Nothing observed yet, but no worker has reported, 3,000 transactions wait"),
    ],
)
async def test_what_the_monitor_itself_tells(
    browser: Browser, snapshot: Callable[[], Snapshot], expected: str, said: str
) -> None:
    """Days as the monitors make them, from the snapshot to the headline."""
    async with serving(snapshot()) as served, browser.tab(served.url) as tab:
        await tab.until(SHOWN)
        assert (expected, said) == (await level(tab), await text(tab, "#overall"))
        assert [] == tab.complaints


async def test_groups_with_too_few_cases_are_named(browser: Browser) -> None:
    """A monitor that judges may still not judge everybody: who is left out stands below the headline."""
    async with serving(sparsely_labelled()) as served, browser.tab(served.url) as tab:
        await tab.until(SHOWN)
        said = await text(tab, "#partly")

    assert "Too few cases in every window: large amounts (gap of accuracy)" in said
    assert "gifts occasions (gap of recall)." in said


async def test_what_is_not_judged_and_why(browser: Browser) -> None:
    """One line of reasons, which opens to the monitors, what they have and need, and what helps."""
    judged = {"judging": 12, "silent": [*NO_LABELS, TOO_FEW, NO_PROBES], "labels": 0, "last_label": None}
    async with page(browser, calm_day(), judged=judged) as (tab, _):
        line = await text(tab, "#silent")
        await tab.run("document.querySelector('#silent summary').click()")
        whole = await text(tab, "#silent")
        facts = await text(tab, "#facts")

    reasons = "no labels in 7 days (3), not measured: no probes in 7 days (1), too few cases (1)"
    assert f"5 of 17 monitors do not judge: {reasons}" == line
    assert "No labels in 7 days. People answer the review requests" in whole
    assert "Gap of accuracy 0 of 30 blind labels" in whole
    assert "Not measured: no probes in 7 days. Set EVENHAND_PROBE_SHARE" in whole
    assert "0 of 200 probes" in whole
    assert "Rise of the review rate 143 of 200 decisions before" in whole
    assert "Labels no label in 7 days" in facts


@pytest.mark.parametrize(
    ("age", "waiting", "expected", "said"),
    [
        (250, 3_000, "page", "no worker has reported for 4 min, 3,000 transactions wait"),
        (50, 1, "page", "no worker has reported for 45 s, 1 transaction waits"),
        (400, 0, "warning", "no worker has reported for 6 min"),
        (400, None, "warning", "no worker has reported for 6 min"),
        (2, 90_000, "warning", "90,000 transactions wait"),
        (2, 91_234, "warning", "about 91,000 transactions wait"),
    ],
)
async def test_stale_figures_and_lag_are_loud(
    browser: Browser, age: float, waiting: int | None, expected: str, said: str
) -> None:
    """In the headline, and in a banner with a symbol, what to do, and a runbook."""
    async with page(browser, calm_day(), workers=silent(age, waiting)) as (tab, _):
        assert (expected, f"No alert open, but {said}") == (await level(tab), await text(tab, "#overall"))
        banner = await text(tab, "#concerns")
        marks = await tab.run("document.querySelectorAll('#concerns li .symbol').length")
        title = await tab.run("document.title")

    assert banner.lower().startswith(f"{said.lower()}.")
    assert banner.endswith("Runbook")
    assert (1, "(!) Fairness · Evenhand") == (marks, title)


@pytest.mark.parametrize(("age", "waiting"), [(30, 3_000), (200, 0), (200, None), (2, 900)])
async def test_an_idle_stream_and_a_short_queue_are_not_loud(browser: Browser, age: float, waiting: int | None) -> None:
    """A batch that waits for a moment, and minutes without transactions, are ordinary."""
    async with page(browser, calm_day(), workers=silent(age, waiting)) as (tab, _):
        assert "ok" == await level(tab)
        assert await tab.run("document.querySelector('#concerns').hidden")


async def test_ages_grow_between_two_words_of_the_server(browser: Browser) -> None:
    """A worker that is killed is told within a minute, although nothing new comes."""
    async with page(browser, calm_day(), workers=silent(41, 3_000)) as (tab, _):
        assert "ok" == await level(tab)
        await tab.until("document.querySelector('#overall').innerText.includes('no worker has reported for 45 s')")


async def test_a_broker_that_does_not_answer_is_named(browser: Browser) -> None:
    """In the headline, in a red banner in place of that about workers, and not "Live"; when it answers, all is well."""
    since = NOW - timedelta(seconds=40)
    silence = {"answers": False, "since": moment(since)}
    async with page(browser, calm_day(), kafka=silence, workers=silent(400, None)) as (tab, teller):
        shown = await level(tab), await text(tab, "#overall"), await text(tab, "#concerns"), await text(tab, "#link")
        banners = await tab.run("document.querySelectorAll('#concerns li').length")
        teller.document = told(calm_day())
        await tab.until("document.querySelector('#overall').className === 'overall ok'")
        after = await text(tab, "#link")

    headline = "Kafka does not answer since 14:02 UTC (30 s)"
    assert ("page", f"No alert open, but {headline}") == shown[:2]
    assert shown[2].startswith(
        f"{headline}. Nothing is decided or observed: the figures below are of 14:02 UTC. Does the broker run"
    )
    assert "Kafka does not answer, figures of 14:02 UTC" == shown[3]
    assert 1 == banners
    assert "Live, figures of 14:03 UTC" == after


async def test_a_monitor_that_waits_for_its_first_event_names_the_broker(browser: Browser) -> None:
    """Before the first observation as well: whoever sets it up needs it most."""
    silence = replace(nothing(), kafka_silent=NOW - timedelta(minutes=2))
    async with serving(silence) as served, browser.tab(served.url) as tab:
        await tab.until(SHOWN)
        shown = await level(tab), await text(tab, "#overall")

    assert ("page", "Nothing observed yet, but Kafka does not answer since 14:01 UTC (2 min)") == shown


async def test_what_has_nothing_to_judge_is_grey(browser: Browser) -> None:
    """No LLM, no correction: their figures are no good news, and the line above says why they do not judge."""
    async with serving(unused()) as served, browser.tab(served.url) as tab:
        await tab.until(SHOWN)
        tiles = [await text(tab, f"[data-key='{name}'] .tile-top") for name in ("LLM share", "Corrections")]
        line = await text(tab, "#silent")
        states = await tab.run("[...document.querySelectorAll('#methods .state .chip')].map((one) => one.innerText)")

    assert ["LLM share Nothing to judge", "Corrections Nothing to judge"] == tiles
    assert "5 of 17 monitors do not judge: no labels in 7 days (3), nothing to judge (2)" == line
    # Code, rules, text; then the LLM, what people corrected, accounts, the bank's own rules.
    assert ["No alarm"] * 3 + ["Nothing to judge"] * 4 == states


async def test_figures_that_alarm_without_an_alert_take_the_tick(browser: Browser) -> None:
    """Alerts that went missing on their way do not turn the page green."""
    document = {**told(working_day()), "alerts": []}
    async with telling(document) as teller, browser.tab(teller.url) as tab:
        await tab.until(SHOWN)
        overall = await text(tab, "#overall")
        ticks = await tab.run("document.querySelectorAll('.overall.ok').length")

    assert "No alert open, but 4 figures alarm without an open alert" == overall
    assert 0 == ticks


async def test_workers_are_seen_without_prometheus(browser: Browser) -> None:
    """When they last reported, and what waits for them."""
    async with page(browser, calm_day(), workers=silent(33, 12)) as (tab, _):
        assert "Workers last reported 30 s ago, 12 waiting" in await text(tab, "#facts")


async def test_a_state_that_cannot_be_told(browser: Browser) -> None:
    """A red banner with the reason; the figures of before are grey and dated; when it heals, the page does."""
    async with page(browser, calm_day()) as (tab, teller):
        teller.broken = "a reading is no plain number"
        await tab.until("document.querySelector('#overall').innerText === 'Figures cannot be shown'")
        shown = await level(tab), await text(tab, "#concerns"), await text(tab, "#link")
        grey = await tab.run("getComputedStyle(document.querySelector('#state')).filter")
        teller.broken = None
        await tab.until("document.querySelector('#overall').className === 'overall ok'")
        after = await tab.run("getComputedStyle(document.querySelector('#state')).filter")

    assert "page" == shown[0]
    assert "cannot tell its state: a reading is no plain number" in shown[1]
    assert "What stands below is of 14:03 UTC" in shown[1]
    assert "Broken, figures of 14:03 UTC" == shown[2]
    assert ("grayscale(1)", "none") == (grey, after)


async def test_a_browser_that_comes_while_the_state_is_broken(browser: Browser) -> None:
    """It is told so, and shows no figure, no tick."""
    async with telling(told(calm_day())) as teller:
        teller.broken = "a reading is no plain number"
        async with browser.tab(teller.url) as tab:
            await tab.until("document.querySelector('#overall').innerText === 'Figures cannot be shown'")
            banner = await text(tab, "#concerns")
            ticks = await tab.run("document.querySelectorAll('.ok').length")

    assert "a reading is no plain number. Alerts may be open that are not shown here" in banner
    assert "No figures have come yet." in banner
    assert 0 == ticks


async def test_before_anything_the_page_says_what_to_do(browser: Browser) -> None:
    """Three steps, the first of them ticked off once a worker has reported."""
    async with page(browser, nothing()) as (tab, teller):
        steps = await text(tab, "#steps")
        before = await tab.run("document.querySelectorAll('#steps .done').length")
        teller.document = told(nothing(), workers=silent(1, 0))
        await tab.until("document.querySelectorAll('#steps .done').length === 1")

    assert "Start a worker evenhand worker" in steps
    assert "A worker reports only when it has decided something" in steps
    assert "Send transactions evenhand replay -i FILE" in steps
    assert "Answer blind reviews" in steps
    assert 0 == before


async def test_one_listener_too_many_still_sees_the_figures(browser: Browser) -> None:
    """Where only the stream is refused, the state is asked for again and again."""
    async with telling(told(calm_day())) as teller:
        teller.full = True
        async with browser.tab(teller.url) as tab:
            await tab.until(SHOWN)
            first = await level(tab), await text(tab, "#link")
            teller.document = told(calm_day(), workers=silent(400, 0))
            await tab.until("document.querySelector('#overall').className === 'overall warning'")

    assert ("ok", "Live, figures of 14:03 UTC") == first


async def test_a_token_that_is_not_taken_any_more(browser: Browser) -> None:
    """The page gives way to the one that asks for a token, with no figure left on it."""
    async with serving(calm_day(), token="s3cret") as served, browser.tab(served.url + "?token=s3cret") as tab:
        await tab.until(SHOWN)
        loads = tab.requests.count(served.url)
        await tab.call("Network.clearBrowserCookies")
        await served.drop()
        said = ""
        for _ in range(300):  # a page that goes away cannot tell when it has
            await asyncio.sleep(0.1)
            # Whoever is asked while the page gives way has no answer.
            with suppress(Error):
                if tab.requests.count(served.url) > loads and "needed" in await tab.run("document.title"):
                    said = await text(tab, "main")
                    break

    assert said.startswith("A token is needed")


async def test_every_runbook_that_the_page_names_is_served() -> None:
    """Those of banners, and that of every monitor."""
    scripts = files("streams.console").joinpath("static")
    named = {
        name
        for script in ("health.js", "console.js")
        for name in re.findall(r'runbook: "(\w+)"', scripts.joinpath(script).read_text(encoding="utf-8"))
    }
    async with serving(nothing()) as served:
        answers = {name: (await get(f"{served.url}runbooks/{name}")).status for name in {*named, *MonitorName}}

    assert {"worker_down", "lag", "console_broken", "monitor_stale"} == named
    assert {200} == set(answers.values())
