"""Tiles, folded rows, alerts and their history, the window that the page opens on, and the page on paper."""

import base64
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitors.base.contract import MonitorName, Reading, ReadingState
from monitors.counts.windows import Window
from monitors.snapshot import Snapshot
from tests.streams.console.browser import Browser
from tests.streams.console.documents import told
from tests.streams.console.serving import telling
from tests.streams.console.snapshots import crowded, nothing, sparsely_labelled, unlabelled, working_day
from tests.streams.console.test_page import SHOWN, page, reading, text, tile

A4_PAGES = 3


def gap(band: str, value: float, *, blind: int = 90, state: ReadingState = ReadingState.OK) -> Reading:
    """The gap of accuracy of an amount band in the last day."""
    return replace(
        reading(MonitorName.AMOUNT_PARITY, group=band),
        state=state,
        value=None if state is ReadingState.NOT_ENOUGH_DATA else value,
        interval=None if state is ReadingState.NOT_ENOUGH_DATA else (value - 0.01, value + 0.02),
        counts={"right": 459, "labels": 471, "blind": blind, "others_blind": 900},
    )


def unknown(of: Reading) -> Reading:
    """The same figure with too few cases."""
    return replace(of, state=ReadingState.NOT_ENOUGH_DATA, value=None, interval=None, counts={"decisions": 12})


async def test_the_largest_gap_names_the_worst_band(browser: Browser) -> None:
    """And says in words to which side it is."""
    bands = [gap("under_100", -0.004), gap("100_to_1000", 0.001), gap("over_1000", 0.024)]
    async with page(browser, replace(working_day(), readings=bands)) as (tab, _):
        amount = await tile(tab, "Amount disparity")

    assert "2.4 points worse" in amount
    assert "largest gap of accuracy: large amounts" in amount
    assert "99% interval 1.4 to 4.4 points worse" in amount


async def test_bands_with_too_few_labels_are_named_instead_of_a_better_one(browser: Browser) -> None:
    """A band that is better says nothing of the one that nobody knows: no figure, no word that it is well."""
    few = gap("over_1000", 0, blind=11, state=ReadingState.NOT_ENOUGH_DATA)
    async with page(browser, replace(working_day(), readings=[gap("under_100", -0.024), few])) as (tab, _):
        amount = await tile(tab, "Amount disparity")
        await tab.run("document.querySelector('[data-key=\"Amount disparity\"] summary').click()")
        opened = await tile(tab, "Amount disparity")

    assert amount.startswith("Amount disparity Not enough data largest gap of accuracy too few labels: large amounts")
    assert "(11 of 30)" in amount
    assert "No alarm" not in amount
    assert amount.endswith("small amounts: 2.4 points better than the others")
    assert "99% interval 0.4 to 3.4 points better" in opened


async def test_few_labels_of_large_amounts(browser: Browser) -> None:
    """The tile of a real day does not name another band, and there is no tick above it."""
    async with page(browser, sparsely_labelled()) as (tab, _):
        amount = await tile(tab, "Amount disparity")
        ticks = await tab.run("document.querySelectorAll('[data-key=\"Amount disparity\"] .ok').length")

    assert "large amounts (21 of 30)" in amount
    assert 0 == ticks


async def test_a_figure_that_nobody_knows_has_no_course(browser: Browser) -> None:
    """Where no band has enough labels the tile says so once, and draws no line of the few that there are."""
    async with page(browser, replace(unlabelled(), lines=working_day().lines)) as (tab, _):
        amount, categories = await tile(tab, "Amount disparity"), await tile(tab, "Category disparity")
        lines = await tab.run("document.querySelectorAll('[data-key=\"Amount disparity\"] .sparkline').length")

    assert "too few labels: all 3 amount bands" in amount
    assert "too few labels: all 28 categories" in categories
    assert 0 == lines


async def test_a_gap_that_may_go_either_way_says_both(browser: Browser) -> None:
    """An interval around zero has its sides in words."""
    async with page(browser, replace(working_day(), readings=[gap("over_1000", 0.005)])) as (tab, _):
        row = await text(tab, "#parity tbody tr")

    assert "0.5 points worse 0.5 better to 2.5 points worse" in row


@pytest.mark.parametrize(("window", "said"), [("1h", "24 hours"), ("24h", "24 hours"), ("7d", "7 days")])
async def test_a_tile_shows_the_course_of_its_figure(browser: Browser, window: str, said: str) -> None:
    """A line over the window that breaks where an hour has no figure, and its lowest and highest in words."""
    day = working_day()
    line = day.lines["review_share"]
    broken = {**day.lines, "review_share": [*line[:-9], *line[-8:]]}
    async with page(browser, replace(day, lines=broken), path=f"#window={window}") as (tab, _):
        course = await text(tab, "[data-key='Review rate'] .course .rest")
        title = await tab.run("document.querySelector('[data-key=\"Review rate\"] .sparkline title').textContent")
        path = await tab.run("document.querySelector('[data-key=\"Review rate\"] .curve').getAttribute('d')")
        accuracy = await text(tab, "[data-key='Amount disparity'] .course .rest")

    assert re.fullmatch(rf"{said}: \d\.\d to \d\.\d%", course)
    assert re.fullmatch(
        rf"Review rate by hour over {said}: \d\.\d% at first, \d\.\d% at last, \d\.\d to \d\.\d%", title
    )
    assert 2 == path.count("M")
    assert accuracy.startswith(f"accuracy, {said}: ")


async def test_rows_without_data_are_one_line_that_opens(browser: Browser) -> None:
    """28 rows of nothing say it once; opened, each says what it has."""
    rates = [unknown(one) for one in working_day().readings if one.monitor == MonitorName.REVIEW_RATE and one.category]
    async with page(browser, replace(working_day(), readings=rates)) as (tab, _):
        line = await text(tab, "#categories")
        await tab.run("document.querySelector('#categories summary').click()")
        rows = await tab.run(
            "[...document.querySelectorAll('#categories tbody tr')].filter((one) => one.offsetHeight).length"
        )

    assert "28 categories: not enough data 12 decisions, 200 needed" == line
    assert 28 == rows


async def test_what_is_folded_stays_open_when_figures_change(browser: Browser) -> None:
    """What the reader has opened is the reader's."""
    rates = [unknown(one) for one in working_day().readings if one.monitor == MonitorName.REVIEW_RATE and one.category]
    async with page(browser, replace(working_day(), readings=rates)) as (tab, served):
        await tab.run("document.querySelector('#categories summary').click()")
        served.snapshot = replace(served.snapshot, late=99)
        await tab.until("document.querySelector('#facts').innerText.includes('99 records')")
        assert await tab.run("document.querySelector('#categories details').open")


async def test_the_history_tells_what_became_of_alerts(browser: Browser) -> None:
    """Time, step, severity and sentence, newest first; what is over says how long it lasted."""
    async with page(browser, working_day()) as (tab, _):
        steps = await tab.run("[...document.querySelectorAll('#history-list li')].map((one) => one.innerText)")

    said = [" ".join(step.split()) for step in steps]
    assert len(working_day().steps) == len(said)
    assert any(step.startswith("11:51 UTC Opened") and step.endswith("page") for step in said)
    over, changed, opened = said[-3:]
    assert over.startswith("3 Mar 12:03 UTC Resolved Review rate of professional_services")
    assert over.endswith("warning, lasted 23 h")
    assert changed.startswith("3 Mar 11:03 UTC Changed")
    assert opened.startswith("2 Mar 13:03 UTC Opened")


async def test_a_long_history_is_folded(browser: Browser) -> None:
    """A week of steps does not push the monitors off the page."""
    document = told(working_day())
    first = document["history"][0]
    document["history"] = [{**first, "at": f"2026-03-03T{hour:02}:00:00+00:00"} for hour in range(20)]
    async with telling(document) as teller, browser.tab(teller.url) as tab:
        await tab.until(SHOWN)
        shown = await tab.run("document.querySelectorAll('#history-list li').length")
        line = await text(tab, "#older summary")

    assert (6, "14 earlier") == (shown, line)


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("docs/runbooks/review_rate.md", True),
        ("http://127.0.0.1:9465/runbooks/review_rate.md", True),
        ("http://0.0.0.0:9465/runbooks/review_rate.md", True),
        ("https://wiki.bank.example/evenhand/review_rate.md", False),
        ("http://[", True),
    ],
)
async def test_a_runbook_is_the_monitors_own_page(browser: Browser, address: str, own: bool) -> None:
    """A bank's own address is kept; one of the monitor's machine would lead a reader elsewhere nowhere."""
    alert = working_day().alerts[0].model_copy(update={"runbook": address})
    async with page(browser, replace(working_day(), alerts=[alert])) as (tab, served):
        link = await tab.run("document.querySelector('#alert-list a').href")

    assert (f"{served.url}runbooks/{alert.monitor}" if own else address) == link


async def test_an_alert_is_dated_beside_what_is_so_now(browser: Browser) -> None:
    """What was said at its last step, and the present reading of the same figure: each says of when it is."""
    day = working_day()
    alert = next(alert for alert in day.alerts if alert.monitor == "review_rise")
    changed = alert.model_copy(update={"at": alert.at + timedelta(minutes=30)})
    now = replace(reading(MonitorName.REVIEW_RISE, category="pets"), value=0.0873, interval=(0.05, 0.12))
    few = replace(now, state=ReadingState.NOT_ENOUGH_DATA, value=None, interval=None)
    async with page(browser, replace(day, alerts=[alert], readings=[now])) as (tab, served):
        opened = await text(tab, "#alert-list li")
        served.snapshot = replace(day, alerts=[changed], readings=[few])
        await tab.until("document.querySelector('#alert-list').innerText.includes('Latest reading: not enough data')")
        later = await text(tab, "#alert-list li")

    assert f"{alert.summary} (when opened, 11:51 UTC)" in opened
    assert "Latest reading: 8.7 points higher; 99% interval 5.0 to 12.0 points higher; " in opened
    assert f"{alert.summary} (at its last change, 12:21 UTC)" in later


async def test_old_event_time_is_loud_while_transactions_are_decided(browser: Browser) -> None:
    """Figures of 2020 that are decided now are not of now; where nothing is decided, an old event is ordinary."""
    old = replace(working_day(), newest=datetime(2020, 2, 3, tzinfo=UTC))
    loud = "document.querySelectorAll('#facts .chip.warning').length"
    async with page(browser, old) as (tab, served):
        facts, marks = await text(tab, "#facts"), await tab.run(loud)
        served.snapshot = replace(old, per_second=0.0)
        await tab.until(f"{loud} === 0")

    assert "Newest event 3 Feb 2020 00:00 UTC (6 y 31 d ago)" in facts
    assert 1 == marks


async def test_the_page_opens_on_the_window_that_tells_most(browser: Browser) -> None:
    """The shortest in which as many monitors judge as in any; it grows with them, but not over the reader's choice."""
    day, pressed = working_day(), "document.querySelector('button[aria-pressed=true]').value"
    short = [
        one if one.window is Window.WEEK else replace(one, state=ReadingState.NOT_ENOUGH_DATA)
        for one in day.readings
        if one.monitor is not MonitorName.AMOUNT_PARITY
    ]
    async with page(browser, replace(day, readings=[reading(MonitorName.REVIEW_RATE, Window.HOUR)])) as (tab, served):
        first = await tab.run(pressed)
        served.snapshot = replace(day, readings=short)
        await tab.until(f"{pressed} === '7d'")
        await tab.run("document.querySelector('button[value=\"1h\"]').click()")
        served.snapshot = replace(day, readings=short, late=99)
        await tab.until("document.querySelector('#facts').innerText.includes('99 records')")
        chosen = await tab.run(pressed)

    assert ("1h", "1h") == (first, chosen)


@pytest.mark.parametrize("snapshot", [working_day, crowded, nothing])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_prints_on_three_pages(browser: Browser, snapshot: Callable[[], Snapshot], scheme: str) -> None:
    """A4, with ink on paper also where the screen is dark."""
    async with telling(told(snapshot())) as teller, browser.tab(teller.url, prefers_color_scheme=scheme) as tab:
        await tab.until(SHOWN)
        await tab.call("Emulation.setEmulatedMedia", media="print")
        ground = await tab.run("getComputedStyle(document.body).backgroundColor")
        await tab.call("Emulation.setEmulatedMedia", media="")
        printed = base64.b64decode((await tab.call("Page.printToPDF", preferCSSPageSize=True))["data"])

    pages = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert 1 <= pages <= A4_PAGES
    assert "rgb(255, 255, 255)" == ground
