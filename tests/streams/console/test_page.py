"""What the page says and does, in a real browser."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from monitors.alerts.wording import WORDS
from monitors.base.contract import MonitorName, Reading, ReadingState
from monitors.counts.windows import Window
from monitors.snapshot import Snapshot
from tests.streams.console.browser import Browser, Tab
from tests.streams.console.serving import Served, serving
from tests.streams.console.snapshots import nothing, working_day

SHOWN = "document.querySelector('#facts').children.length > 0"


@asynccontextmanager
async def page(
    browser: Browser, snapshot: Snapshot, *, path: str = "", token: str | None = None
) -> AsyncIterator[tuple[Tab, Served]]:
    """The page with a snapshot, once it has shown it; nothing may be asked of others, nor complain."""
    async with serving(snapshot, token=token) as served, browser.tab(served.url + path) as tab:
        await tab.until(SHOWN)
        yield tab, served
        assert [] == [url for url in tab.requests if not url.startswith(served.url)]
        assert [] == tab.complaints


async def text(tab: Tab, selector: str) -> str:
    """What is seen of an element, on one line."""
    shown: str = await tab.run(f"document.querySelector({selector!r}).innerText")
    return re.sub(r"\s+", " ", shown).strip()


async def tile(tab: Tab, name: str) -> str:
    """What a tile says."""
    return await text(tab, f"[data-key='{name}']")


def reading(
    monitor: MonitorName, window: Window = Window.DAY, *, category: str | None = None, group: str | None = None
) -> Reading:
    """One of the working day."""
    about = (monitor, window, category, group)
    return next(one for one in working_day().readings if about == (one.monitor, one.window, one.category, one.group))


def percent(value: float | None) -> str:
    """As the page writes it."""
    assert value is not None
    return f"{100 * value:.1f}".replace("-", "−")


def bounds(of: Reading) -> str:
    """As the page writes an interval, without the unit."""
    assert of.interval is not None
    return " to ".join(map(percent, of.interval))


async def test_what_is_open_now(browser: Browser) -> None:
    """The overall state in words, and the figures of the stream."""
    async with page(browser, working_day()) as (tab, _):
        assert "4 alerts open: 1 page, 3 warnings" == await text(tab, "#overall")
        assert "(4) Fairness · Evenhand" == await tab.run("document.title")
        facts = await text(tab, "#facts")
        link = await text(tab, "#link")

    assert "Newest event 14:05 UTC" in facts
    assert "Throughput 413 decisions/s" in facts
    assert "Workers last reported less than 15 s ago, 0 waiting" in facts
    assert "Late 1,204 records (3 too late for any window)" in facts
    assert "Live, figures of 14:03 UTC" == link


async def test_an_alert_says_everything(browser: Browser) -> None:
    """Severity, sentence, hint, since when, window, counts, runbook; the worst first."""
    async with page(browser, working_day()) as (tab, _):
        first = await text(tab, "#alert-list li:first-child")
        severities = await tab.run("[...document.querySelectorAll('#alert-list li')].map((one) => one.className)")
        runbook = await tab.run("document.querySelector('#alert-list a').href")

    alert = next(alert for alert in working_day().alerts if alert.monitor == "amount_parity")
    assert ["page", "warning", "warning", "warning"] == severities
    assert first.startswith("Page ")
    assert alert.summary in first
    assert alert.hint in first
    assert "Open since 11:51 UTC (2 h 12 min)" in first
    assert "7 days: 25 Feb 14:05 to 4 Mar 14:05 UTC" in first
    assert f"{alert.counts['right']:,} of {alert.counts['labels']:,} labels right" in first
    assert alert.runbook == runbook


async def test_tiles_say_figure_interval_counts_and_window(browser: Browser) -> None:
    """Every key figure, in the window that is chosen."""
    overall = reading(MonitorName.REVIEW_RATE)
    day, week = (reading(MonitorName.AMOUNT_PARITY, window, group="over_1000") for window in (Window.DAY, Window.WEEK))
    async with page(browser, working_day()) as (tab, _):
        rate, amount = await tile(tab, "Review rate"), await tile(tab, "Amount disparity")
        names = await tab.run("[...document.querySelectorAll('.tile h3')].map((one) => one.innerText)")
        await tab.run("document.querySelector('button[value=\"7d\"]').click()")
        await tab.run("document.querySelector('[data-key=\"Amount disparity\"] summary').click()")
        later = await tile(tab, "Amount disparity")

    assert 8 == len(names)
    counts = f"{overall.counts['review']:,} of {overall.counts['decisions']:,} decisions to review"
    assert rate.startswith(f"Review rate No alarm {percent(overall.value)}% ")
    assert rate.endswith(f"of all decisions 99% interval {bounds(overall)}%; {counts}")
    assert amount.startswith(f"Amount disparity Warning {percent(day.value)} points worse ")
    assert "largest gap of accuracy: large amounts" in amount
    assert "Page over 7 days" in amount
    assert later.startswith(f"Amount disparity Page {percent(week.value)} points worse")
    right = f"{week.counts['right']:,} of {week.counts['labels']:,} labels right"
    assert f"99% interval {bounds(week)} points worse; {right} {right}; others" in later
    assert f"{week.counts['others_right']:,} of {week.counts['others']:,}" in later
    assert "7 days; tolerance 2.0 points" in later
    assert "warns from 10,000, pages from 1,000,000. Evidence says how sure it is that the gap exceeds" in later


async def test_too_few_cases_are_a_state_of_their_own(browser: Browser) -> None:
    """No figure, no tick: what is there, and what is needed."""
    gifts = reading(MonitorName.REVIEW_RATE, category="gifts_occasions")
    few = replace(
        reading(MonitorName.AMOUNT_PARITY, group="over_1000"),
        state=ReadingState.NOT_ENOUGH_DATA,
        counts={"labels": 12, "right": 12, "blind": 4, "others_blind": 900},
    )
    async with page(browser, replace(working_day(), readings=[gifts, few])) as (tab, _):
        row = await text(tab, "#categories tr[data-key='gifts_occasions']")
        amount, recall = await tile(tab, "Amount disparity"), await tile(tab, "Minority recall")
        ticks = await tab.run("document.querySelectorAll('.chip.ok').length")

    counts = f"{gifts.counts['review']} of {gifts.counts['decisions']}; needs 200 decisions"
    assert f"gifts occasions – – {counts} Not enough data" == row
    assert amount.startswith("Amount disparity Not enough data largest gap of accuracy too few labels: large amounts")
    assert amount.endswith("(4 of 30) 12 of 12 labels right; needs 30 blind labels")
    assert "Minority recall Not enough data rare categories together nothing counted yet" == recall
    assert 0 == ticks


async def test_before_the_first_observation_the_page_says_so(browser: Browser) -> None:
    """Nothing is green, nothing is zero per cent."""
    async with page(browser, nothing()) as (tab, served):
        body = await text(tab, "body")
        ticks = await tab.run("document.querySelectorAll('.ok').length")
        served.snapshot = working_day()
        await tab.until("!document.querySelector('#figures').hidden")
        after = await text(tab, "main")

    assert "Nothing observed yet" in body
    assert "Figures appear with the first decisions" in body
    assert "%" not in body
    assert 0 == ticks
    assert "Nothing observed" not in after


async def test_categories_are_sorted_with_interval_counts_and_trend(browser: Browser) -> None:
    """The highest rate first, those without enough data last; each with its rise, and its trend in words."""
    rate, rise = (reading(name, category="pets") for name in (MonitorName.REVIEW_RATE, MonitorName.REVIEW_RISE))
    async with page(browser, working_day()) as (tab, _):
        rows = await tab.run("[...document.querySelectorAll('#categories tbody th')].map((one) => one.innerText)")
        pets = await text(tab, "#categories tr[data-key='pets']")
        trend = await tab.run("document.querySelector('tr[data-key=pets] .sparkline title').textContent")

    assert 28 == len(rows)
    assert ["pets", "professional services"] == rows[:2]
    assert "gifts occasions" == rows[-1]
    counts = f"{rate.counts['review']} of {rate.counts['decisions']:,}"
    figures = f"pets {percent(rate.value)}% {bounds(rate)}% +{percent(rise.value)} points Warning {counts} Warning"
    assert figures == pets
    assert re.fullmatch(r"pets: \d+\.\d% at first, \d+\.\d% at last, highest \d+\.\d%", trend)


async def test_parity_gives_both_directions(browser: Browser) -> None:
    """Acceptance 0.98 looks like nothing; review 0.50 is the same gap."""
    twice = replace(
        reading(MonitorName.REVIEW_PARITY, group="over_1000"),
        counts={"review": 720, "decisions": 18_000, "others_review": 4_900, "others_decisions": 245_000},
        ratios={"acceptance": 0.98, "review": 0.5},
    )
    async with page(browser, replace(working_day(), readings=[twice])) as (tab, _):
        row = await text(tab, "#parity tbody tr")

    assert "acceptance 0.98 review 0.50" in row
    assert "720 of 18,000 decisions to review; others 4,900 of 245,000" in row


async def test_the_histogram_is_told_in_words(browser: Browser) -> None:
    """Count, window and median stand below the drawing."""
    median = reading(MonitorName.CONFIDENCE_MEDIAN)
    assert median.interval is not None
    async with page(browser, working_day()) as (tab, _):
        caption = await text(tab, "#confidence figcaption")
        bars = await tab.run("document.querySelectorAll('#confidence rect').length")

    assert 50 == bars
    assert caption.startswith(f"{median.counts['decisions']:,} decisions, window 24 hours")
    low, high = median.interval
    assert f"Median {median.value:.3f}, 99% interval {low:.3f} to {high:.3f}" in caption


async def test_every_unit_of_the_monitors_is_known(browser: Browser) -> None:
    """A figure in a unit that the page does not know would be written as another."""
    async with page(browser, working_day()) as (tab, _):
        known = await tab.run("import('/static/format.js').then((module) => module.UNIT_NAMES)")

    assert {words.unit.__name__ for words in WORDS.values()} <= set(known)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("figure(0.3144, 'share')", "31.4%"),
        ("range([0.27, 0.3611], 'share')", "27.0 to 36.1%"),
        ("range([-0.0312, 0.05], 'points')", "−3.1 to 5.0 points"),
        ("figure(-0.0001, 'points')", "0.0 points"),
        ("signed(0.031, 'points')", "+3.1 points"),
        ("signed(0.0001, 'points')", "0.0 points"),
        ("figure(0.9123, 'number')", "0.912"),
        ("figure(0.00021, 'share')", "0.02%"),
        ("range([0, 0.004], 'share')", "0.0 to 0.4%"),
        ("figure(1, 'days')", "1 day"),
        ("figure(181, 'days')", "181 days"),
        ("figure(1250, 'whole')", "1,250"),
        ("evidence(6.2)", "1.6 million"),
        ("evidence(300)", "over 1 billion"),
        ("evidence(-2)", "below 1"),
        ("time('2026-03-04T23:30:00+00:00', '2026-03-04T01:00:00+00:00')", "23:30 UTC"),
        ("time('2026-03-04T23:30:00-02:00', '2026-03-04T01:00:00+00:00')", "5 Mar 01:30 UTC"),
        ("time('2025-12-31T23:30:00+00:00', '2026-03-04T01:00:00+00:00')", "31 Dec 2025 23:30 UTC"),
        ("duration('2026-03-04T00:00:00Z', '2026-03-05T01:30:00Z')", "1 d 1 h"),
        ("duration('2020-02-03T00:00:00Z', '2026-11-29T05:00:00Z')", "6 y 301 d"),
        ("duration('2026-03-04T00:00:00Z', '2026-03-04T00:00:30Z')", "less than a minute"),
        ("counts({review: 3, decisions: 10, odd_ones: 2}).join('; ')", "3 of 10 decisions to review; 2 odd ones"),
        ("counts({voted: 3, decisions: 10}).join('; ')", "3 of 10 decisions with a vote"),
        ("counts({dead_letters: 3, records: 10}).join('; ')", "3 of 10 records that could not be read"),
        ("counts({days: 103}).join('; ')", "103 days"),
    ],
)
async def test_figures_and_times_as_text(browser: Browser, call: str, expected: str) -> None:
    """Tabular, with one decimal, with zone."""
    async with page(browser, nothing()) as (tab, _):
        assert expected == await tab.run(f"import('/static/format.js').then((module) => module.{call})")


async def test_the_window_is_kept_in_the_address(browser: Browser) -> None:
    """A link shows what its sender saw; pressing a button tells which is pressed."""
    async with page(browser, working_day(), path="#window=7d") as (tab, served):
        pressed = "document.querySelector('button[aria-pressed=true]').value"
        assert "7d" == await tab.run(pressed)
        await tab.run("document.querySelector('button[value=\"1h\"]').click()")
        assert ("1h", "#window=1h") == (await tab.run(pressed), await tab.run("location.hash"))
        span = await text(tab, "#span")
        await tab.call("Page.navigate", url=served.url + "#window=none")
        await tab.until(f"{pressed} === '24h'")

    assert f"13:05 to 14:05 UTC · {working_day().decisions[Window.HOUR]:,} decisions" == span


async def test_figures_change_under_the_readers_hands(browser: Browser) -> None:
    """What is opened stays open, what has the focus keeps it, and a monitor's table is filled when it is opened."""
    async with page(browser, working_day()) as (tab, served):
        await tab.run("document.querySelector('[data-monitor=review_rate] summary').click()")
        await tab.until("document.querySelectorAll('[data-monitor=review_rate] tbody tr').length === 87")
        await tab.run("document.querySelector('[data-monitor=dead_letters] summary').focus()")
        served.snapshot = replace(working_day(), late=99, alerts=working_day().alerts[:1])
        await tab.until("document.querySelector('#facts').innerText.includes('99 records')")
        focus = await tab.run("document.activeElement.closest('details').dataset.monitor")
        opened = await tab.run(
            "[...document.querySelectorAll('#monitors details[open]')].map((one) => one.dataset.monitor)"
        )
        overall = await text(tab, "#overall")

    assert ("dead_letters", ["review_rate"]) == (focus, opened)
    assert overall.startswith("1 alert open: ")


async def test_the_focus_stays_when_an_alert_above_ends(browser: Browser) -> None:
    """Who is about to open a runbook opens that one."""
    alerts = working_day().alerts
    async with page(browser, working_day()) as (tab, served):
        second = await tab.run("document.querySelectorAll('#alert-list li')[1].dataset.key")
        await tab.run("document.querySelectorAll('#alert-list a')[1].focus()")
        served.snapshot = replace(working_day(), alerts=[alert for alert in alerts if alert.severity != "page"])
        await tab.until("document.querySelectorAll('#alert-list li').length === 3")
        focus = await tab.run("document.activeElement.closest('li')?.dataset.key")

    assert second == focus


async def test_readings_that_alarm_come_first(browser: Browser) -> None:
    """Of all windows, before the reader opens anything."""
    async with page(browser, working_day()) as (tab, _):
        states = await tab.run(
            "[...document.querySelectorAll('#monitors > table .state .chip')].map((one) => one.innerText)"
        )
        first = await tab.run("document.querySelector('#monitors details').dataset.monitor")

    order = ["Page", "Warning", "Held open"]
    assert sorted(states, key=order.index) == states
    assert {"Page", "Warning"} <= set(states)
    assert "amount_parity" == first


async def test_a_lost_connection_is_said_and_mended(browser: Browser) -> None:
    """The figures stay, with their time; when the server is back, the page is live again by itself."""
    async with serving(working_day()) as served, browser.tab(served.url) as tab:
        await tab.until(SHOWN)
        await tab.call(
            "Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=-1, uploadThroughput=-1
        )
        await served.drop()
        await tab.until("document.querySelector('#link').innerText.startsWith('Connection lost')")
        lost = await text(tab, "#link")
        rate = await tile(tab, "Review rate")
        await tab.call(
            "Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1
        )
        await tab.until("document.querySelector('#link').innerText.startsWith('Live')")

    assert "Connection lost, figures of 14:03 UTC" == lost
    assert f"{percent(reading(MonitorName.REVIEW_RATE).value)}%" in rate


async def test_texts_are_never_markup(browser: Browser) -> None:
    """What comes from a topic is shown as it is, and an address that is no web address is never a link."""
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    day = working_day()
    alert = day.alerts[0].model_copy(update={"summary": hostile, "hint": hostile, "runbook": "javascript:alert(3)"})
    figure = Reading(MonitorName.ABSTENTION, Window.DAY, ReadingState.PAGE, {hostile: 1}, group=hostile, hint=hostile)
    async with page(browser, replace(day, alerts=[alert], readings=[figure], model_version=hostile)) as (tab, served):
        shown = await text(tab, "#alert-list")
        runbook = await tab.run("document.querySelector('#alert-list a').href")
        made = await tab.run("document.querySelectorAll('main img, main script, a[href^=javascript]').length")

    assert hostile in shown
    assert f"{served.url}runbooks/{alert.monitor}" == runbook
    assert 0 == made


async def test_a_browser_enters_with_the_token(browser: Browser) -> None:
    """The token leaves the address, and the stream works with the cookie."""
    async with page(browser, working_day(), path="?token=s3cret", token="s3cret") as (tab, served):
        assert served.url == await tab.run("location.href")
        assert "4 alerts open: 1 page, 3 warnings" == await text(tab, "#overall")
        assert "" == await tab.run("document.cookie")


async def test_without_the_token_the_page_says_how(browser: Browser) -> None:
    """A person reads what to do, not a status code."""
    async with serving(working_day(), token="s3cret") as served, browser.tab(served.url) as tab:
        said = await text(tab, "main")

    assert "A token is needed" in said
    assert "/?token=" in said


async def test_without_scripts_there_is_a_message(browser: Browser) -> None:
    """It says where the same figures are."""
    async with serving(working_day()) as served, browser.tab(served.url) as tab:
        await tab.call("Emulation.setScriptExecutionDisabled", value=True)
        await tab.call("Page.reload")
        for _ in range(100):  # the page itself cannot tell when it is ready: it runs no script
            nodes = (await tab.call("Accessibility.getFullAXTree"))["nodes"]
            said = " ".join(node["name"]["value"] for node in nodes if node["role"]["value"] == "StaticText")
            if "JavaScript" in said:
                break
            await asyncio.sleep(0.1)

    assert "This page needs JavaScript" in said
    assert "api/state" in said


async def test_the_page_leads_to_those_where_people_answer(browser: Browser) -> None:
    """Where the settings name them; a port alone is one of the same machine."""
    links = {"review": ":9466/review", "learning": "https://people.bank.example/learning"}
    async with serving(working_day(), links=links) as served, browser.tab(served.url) as tab:
        await tab.until("!document.querySelector('#pages').hidden")
        shown = await tab.run("[...document.querySelectorAll('#pages a')].map((link) => [link.textContent, link.href])")
        await tab.photograph("console-links")

    assert [
        ["Fairness", served.url],
        ["Review", "http://127.0.0.1:9466/review"],
        ["Learning", "https://people.bank.example/learning"],
    ] == shown
