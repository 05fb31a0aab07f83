"""The review page in a real browser: by keyboard alone, by touch, undo, similar ones, blindness, mishaps."""

import asyncio
from datetime import timedelta

import pytest
from playwright.async_api import Route

from streams.console.desk.people import People
from tests.streams.console.browser import Browser
from tests.streams.console.desk.cases import BLIND, CASES, CLINICS, HUNCH, REFUND
from tests.streams.console.desk.learned import busy
from tests.streams.console.desk.paging import entered, line, page, says, shown, text, texts
from tests.streams.console.desk.serving import KEY, Served

FIRST = CLINICS[0].description

WATCHED = """() => {
  const desk = document.querySelector("#desk");
  globalThis.hid = [desk.hidden];
  new MutationObserver(() => globalThis.hid.push(desk.hidden)).observe(desk, { attributes: true });
}"""
"""Notes whether the desk is hidden, at each change."""


def answers(served: Served) -> list[tuple[str, str]]:
    """Line and category of each correction that went out."""
    return [
        (correction.about.description, str(correction.category))
        for correction in served.corrections
        if correction.about is not None
    ]


async def test_a_day_by_keyboard_only(browser: Browser) -> None:
    """Name, suggestion, search, don't know, skip, undo, legend: no key but those that the legend names."""
    async with page(browser, CLINICS[0], HUNCH, REFUND, name=None) as (tab, served):
        await entered(tab, "Ada Löwe")
        await line(tab, FIRST)
        assert "Ada Löwe, approver" == await text(tab, "#who")
        await tab.press("?")
        await shown(tab, "#legend")
        await tab.press("1")  # of the legend, not of the transaction
        await tab.press("Escape")
        await tab.press("1")
        await line(tab, HUNCH.description)
        assert "Pets. Undo takes it back." == await text(tab, "#said")
        assert "1 answered today" in await text(tab, "#day-said")
        await tab.press("/")
        await tab.page.keyboard.type("cinema")
        await says(tab, "#found", "Entertainment")
        await tab.press("Enter")
        await line(tab, REFUND.description)
        await tab.press("x")
        await says(tab, "#said", "only one")
        await tab.press("0")
        await shown(tab, "#empty")
        await tab.press("u")
        await line(tab, REFUND.description)
        await tab.press("u")
        await line(tab, HUNCH.description)
        await tab.press("2")
        await line(tab, REFUND.description)
        await tab.press("1")
        await shown(tab, "#empty")
        assert "Nothing waits for you" == await text(tab, "#empty-title")
        given = answers(served)
        assert {"Ada Löwe"} == {correction.actor for correction in served.corrections}

    assert [
        (FIRST, "pets"),
        (HUNCH.description, "entertainment"),
        (HUNCH.description, "home_garden"),
        (REFUND.description, "food_dining"),
    ] == given


async def test_what_is_seen_of_a_transaction(browser: Browser) -> None:
    """The line as it came, with what evidence came from marked; texts are never markup."""
    async with page(browser, CLINICS[0], REFUND) as (tab, _):
        await line(tab, FIRST)
        marks = await tab.run("[...document.querySelectorAll('#line mark')].map((mark) => mark.textContent)")
        facts = await text(tab, "#facts")
        why = await text(tab, "#why")
        votes = await texts(tab, "#votes tbody tr:first-child > *")
        suggested = await texts(tab, "#suggestions li:first-child button *")
        await tab.press("1")
        await line(tab, REFUND.description)
        amount = await text(tab, "#amount")

    assert ["ACME", "VETERINARY"] == marks
    assert "Merchant Acme Veterinary Clinic, via Square" in facts
    assert "4 Mar 2025 12:13 UTC" in facts
    assert "The methods disagree." in why
    assert ["merchant category code", "Food dining", "90%", "53%", "5814 fast food"] == votes
    assert {"1", "Pets", "Veterinary services, pet food and supplies", "43%"} <= set(suggested)
    assert "1,312.50 EUR money in" == amount


async def test_words_for_the_customer_are_selected_to_copy(browser: Browser) -> None:
    """In the language that was chosen, which the browser remembers; keys there answer nothing."""
    async with page(browser, CLINICS[0], REFUND) as (tab, served):
        await line(tab, FIRST)
        await tab.page.click("#customer summary")
        await shown(tab, "#customer-text")
        await tab.page.select_option("#customer-language", "de")
        await tab.page.click("#customer-text")
        await tab.press("1")
        selected = await tab.run("getSelection().toString()")
        assert (FIRST, []) == (await text(tab, "#line"), answers(served))
        assert selected.startswith("Warum diese Zahlung ihre Kategorie hat")
        assert f"Text auf Ihrem Kontoauszug: {FIRST}" in selected
        await tab.page.click("#release")
        await line(tab, REFUND.description)
        assert "" == await text(tab, "#customer-copied")
        assert "de" == await tab.run("document.querySelector('#customer-text').lang")
        assert REFUND.description in await tab.run("document.querySelector('#customer-text').value")
        await tab.page.click("#plain")
        await tab.until("document.querySelector('#customer').hidden")


@pytest.mark.parametrize("refused", [False, True])
async def test_words_for_the_customer_are_copied(browser: Browser, *, refused: bool) -> None:
    """At a press, all of them; also where the browser gives pages no clipboard, as over http from elsewhere."""
    async with page(browser, CLINICS[0], REFUND) as (tab, _):
        await tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await line(tab, FIRST)
        if refused:
            await tab.run("void (navigator.clipboard.writeText = () => Promise.reject(new Error('refused')))")
        await tab.page.click("#customer summary")
        await tab.page.select_option("#customer-language", "fr")
        await tab.page.click("#customer-copy")
        await says(tab, "#customer-copied", "Copied")
        copied = await tab.run("navigator.clipboard.readText()")
        assert await tab.run("document.querySelector('#customer-text').value") == copied
        assert copied.startswith("Pourquoi ce paiement est dans cette catégorie")
        await tab.page.click("#release")
        await line(tab, REFUND.description)
        assert "" == await text(tab, "#customer-copied")


async def test_the_search_finds_by_name_and_definition(browser: Browser) -> None:
    """All 28 with their definitions; arrows go round, Escape leaves, and what is not there is said."""
    async with page(browser, HUNCH) as (tab, served):
        await line(tab, HUNCH.description)
        assert 28 == await tab.run("document.querySelectorAll('#found li').length")
        await tab.press("/")
        await tab.page.keyboard.type("pet")
        options = "[...document.querySelectorAll('#found strong')].map((one) => one.textContent)"
        assert ["Pets", "Fuel"] == (await tab.run(options))[:2]
        active = "document.querySelector('#found [aria-selected=true] strong')?.textContent"
        assert "Pets" == await tab.run(active)
        await tab.press("ArrowDown")
        assert "Fuel" == await tab.run(active)
        assert await tab.run("document.activeElement.getAttribute('aria-activedescendant') === 'category-fuel'")
        await tab.press("ArrowUp")
        await tab.press("ArrowUp")
        assert await tab.run(f"{active} === ({options}).at(-1)")
        await tab.page.keyboard.type("zzz")
        await shown(tab, "#none")
        await tab.press("Enter")
        await tab.press("Escape")
        assert 28 == await tab.run("document.querySelectorAll('#found li').length")
        assert "BODY" == await tab.run("document.activeElement.tagName")
        assert [] == answers(served)
        await tab.press("/")
        await tab.press("ArrowDown")
        await tab.press("Enter")
        await shown(tab, "#empty")

        assert [(HUNCH.description, "food_dining")] == answers(served)


async def test_similar_ones_are_shown_before_they_are_answered(browser: Browser) -> None:
    """How many and which; some may be left out; nothing happens before the answer, and undo takes back all."""
    async with page(browser, *CLINICS, HUNCH) as (tab, served):
        await line(tab, FIRST)
        await tab.press("s")
        await shown(tab, "#preview")
        assert "4 others of Acme Veterinary Clinic" == await text(tab, "#preview-title")
        listed = await tab.run("[...document.querySelectorAll('#likes .raw')].map((one) => one.textContent)")
        assert [request.description for request in CLINICS[1:]] == listed
        await tab.press("Escape")
        await tab.press("s")
        await shown(tab, "#preview")
        await tab.page.focus("#likes li:nth-child(2) input")
        await tab.press(" ")
        await says(tab, "#preview-go", "3 others")
        await tab.press("Enter")
        await shown(tab, "#together")
        assert "Your answer counts for 3 others" in await text(tab, "#together")
        assert [] == answers(served)
        await tab.press("1")
        await line(tab, CLINICS[2].description)
        assert "Pets, and for 3 others. Undo takes it back." == await text(tab, "#said")
        assert await tab.run("document.querySelector('#together').hidden")
        together = {description for description, _ in answers(served)}
        assert {CLINICS[at].description for at in (0, 1, 3, 4)} == together
        await tab.press("u")
        await line(tab, FIRST)
        assert "Taken back: Pets, with 3 others." == await text(tab, "#said")
        served.clock.ahead = timedelta(minutes=1)
        await tab.press("2")
        await tab.until("document.querySelector('#said').innerText.startsWith('Food dining')")
        served.clock.ahead = timedelta(minutes=2)
        await tab.until("document.querySelector('#undo-said').innerText.includes('1')")

        assert 5 == len(served.corrections)


async def test_blind_requests_have_no_suggestions(browser: Browser) -> None:
    """Nothing of what was decided is on the page; the search has the focus, and answers."""
    async with page(browser, BLIND) as (tab, served):
        await line(tab, BLIND.description)
        seen = await text(tab, "main")
        assert [] == await tab.run("[...document.querySelectorAll('#suggestions button, #votes tr, #line mark')]")
        assert "99%" not in seen
        assert "You are asked without suggestions." in seen
        assert "search" == await tab.run("document.activeElement.id")
        await tab.press("0")
        await shown(tab, "#empty")
        await tab.press("u")
        await line(tab, BLIND.description)
        await tab.page.keyboard.type("groc")
        await tab.press("Enter")
        await shown(tab, "#empty")

        assert [(True, "groceries")] == [
            (given.answers.blind, str(given.category)) for given in served.corrections if given.answers
        ]
        assert [] == served.decisions


async def test_blind_mode_hides_suggestions_until_it_is_left(browser: Browser) -> None:
    """B, and B again; the browser remembers it."""
    async with page(browser, CLINICS[0], HUNCH) as (tab, _):
        await line(tab, FIRST)
        await tab.press("b")
        await tab.until("document.querySelector('#suggestions').hidden")
        assert "true" == await tab.run("document.querySelector('#plain').getAttribute('aria-pressed')")
        assert 0 == await tab.run("document.querySelectorAll('#line mark, #votes tr').length")
        await tab.press("1")
        await says(tab, "#said", "no such suggestion")
        await tab.page.reload()
        await line(tab, FIRST)
        assert await tab.run("document.querySelector('#suggestions').hidden")
        await tab.press("Escape")
        await tab.press("b")
        await tab.until("document.querySelectorAll('#suggestions button').length === 3")


async def test_a_reload_goes_on_with_the_same_transaction(browser: Browser) -> None:
    """And takes no second one."""
    async with page(browser, *CLINICS, HUNCH) as (tab, served):
        await line(tab, FIRST)
        await tab.page.reload()
        await line(tab, FIRST)

        assert 1 == sum(bool(item.claimed_by) for item in served.queue.items.values())


async def test_ten_answers_can_be_taken_back_and_not_an_eleventh(browser: Browser) -> None:
    """Newest first."""
    many = [HUNCH.model_copy(update={"transaction_id": f"m-{at}", "merchant_key": f"k{at}"}) for at in range(12)]
    async with page(browser, *many, refused=(409,)) as (tab, _):
        for at in range(12):
            await says(tab, "#day-said", f"{at} answered today")
            await tab.until("!document.querySelector('#desk').hidden")
            await tab.press("1")
        await shown(tab, "#empty")
        assert "Undo (10)" == await text(tab, "#undo-said")
        for left in range(9, -1, -1):
            await tab.press("u")
            await tab.until(
                f"document.querySelector('#undo-said').innerText === {f'Undo ({left})' if left else 'Undo'!r}"
            )
        assert "2 answered today" in await text(tab, "#day-said")
        await tab.press("u")
        await shown(tab, "#trouble")

        assert "there is no answer that can be taken back" in (await text(tab, "#trouble")).lower()


async def test_what_comes_is_shown_by_itself(browser: Browser) -> None:
    """An empty queue is looked at again."""
    async with page(browser) as (tab, served):
        await shown(tab, "#empty")
        assert "All requests are answered." in await text(tab, "#empty")
        served.ask(HUNCH)
        await line(tab, HUNCH.description)


async def test_a_claim_is_kept_while_somebody_reads_and_let_go_when_they_leave(browser: Browser) -> None:
    """Then it is said, and Enter goes on."""
    async with page(browser, HUNCH, claim_seconds=1.0) as (tab, served):
        await line(tab, HUNCH.description)
        first = next(iter(served.queue.items.values())).claimed_ms
        await tab.press("Shift")
        while next(iter(served.queue.items.values())).claimed_ms == first:
            await tab.run("new Promise((resolve) => setTimeout(resolve, 50))")
        assert not await tab.run("document.querySelector('#desk').hidden")
        await tab.run("(() => { const since = performance.now(); performance.now = () => since + 100000; })()")
        await shown(tab, "#go-on")
        assert "You were away" == await text(tab, "#empty-title")
        await tab.press("1")
        assert [] == answers(served)
        await tab.press("Enter")
        await line(tab, HUNCH.description)


async def test_a_page_that_is_seen_again_keeps_what_is_read(browser: Browser) -> None:
    """The end that was set before counts no more: neither of two looks takes the transaction off the screen."""
    async with page(browser, HUNCH, claim_seconds=4.0) as (tab, _):
        await line(tab, HUNCH.description)
        await tab.run(
            "(() => { const now = performance.now.bind(performance); performance.now = () => now() + 70000; })()"
        )
        await tab.run(f"({WATCHED})()")
        for _ in range(2):
            await tab.run("document.dispatchEvent(new Event('visibilitychange'))")
        await tab.press("Shift")
        await asyncio.sleep(5)

        assert [False] == await tab.run("[...new Set(globalThis.hid)]")


async def test_a_claim_is_kept_for_who_goes_on_before_it_ends(browser: Browser) -> None:
    """They read for a minute without a key, and then type: half of the claim was over already."""
    async with page(browser, HUNCH, claim_seconds=6.0) as (tab, served):
        await line(tab, HUNCH.description)
        first = next(iter(served.queue.items.values())).claimed_ms
        await tab.run(
            "(() => { const now = performance.now.bind(performance); performance.now = () => now() + 70000; })()"
        )
        await asyncio.sleep(3.5)
        await tab.press("Shift")
        await asyncio.sleep(3.5)

        assert not await tab.run("document.querySelector('#desk').hidden")
        assert first < next(iter(served.queue.items.values())).claimed_ms


async def test_what_is_open_no_more_does_not_come_back(browser: Browser) -> None:
    """It is said, and nothing that is not on the screen stays with the reviewer."""
    async with page(browser, CLINICS[0], HUNCH) as (tab, served):
        await line(tab, FIRST)
        await tab.press("0")
        await line(tab, HUNCH.description)
        unknown = next(item.request_id for item in served.queue.items.values() if item.unknown_to)
        await served.desk.claim(unknown, "Bob")
        await tab.press("u")
        await says(tab, "#said", "Taken back: not known. Nothing of it was open any more.")
        await line(tab, HUNCH.description)

        assert ["Ada", "Bob"] == sorted(item.claimed_by for item in served.queue.items.values())


async def _logged_out(route: Route) -> None:
    await route.fulfill(status=302, headers={"Location": "/login"})


@pytest.mark.parametrize("path", ["review", "learning"])
async def test_whom_the_proxy_has_logged_out_gets_the_page_anew(browser: Browser, path: str) -> None:
    """The proxy leads it to where one logs in; what is asked is not asked for ever."""
    async with page(browser, HUNCH, path=path, learned=busy(), refused=(401,)) as (tab, _):
        await shown(tab, "#desk" if path == "review" else "#learned")
        await tab.run("globalThis.before = true")
        await tab.page.route("**/api/**", _logged_out)
        if path == "review":
            await tab.press("1")
        await tab.until("globalThis.before === undefined")
        await says(tab, "#trouble", "You are logged out: reload the page.")


async def test_what_another_answered_meanwhile_is_said_and_the_next_one_shown(browser: Browser) -> None:
    """Nothing is answered twice."""
    async with page(browser, CLINICS[0], HUNCH, refused=(409,)) as (tab, served):
        await line(tab, FIRST)
        served.clock.ahead = timedelta(minutes=3)
        held = next(item.request_id for item in served.queue.items.values() if item.claimed_by == "Ada")
        await served.desk.claim(held, "Bob")
        await tab.press("1")
        await line(tab, HUNCH.description)
        await says(tab, "#trouble", "nother reviewer has it")

        assert [] == answers(served)


async def test_a_silent_queue_is_said_and_the_answer_given_once_it_speaks(browser: Browser) -> None:
    """Kafka is away for a moment: the reviewer need not press again, and the answer counts once."""
    async with page(browser, CLINICS[0], HUNCH, refused=(503,)) as (tab, served):
        await line(tab, FIRST)
        served.journal.silent = True
        await tab.press("1")
        await says(tab, "#trouble", "It is tried again.")
        served.journal.silent = False
        await line(tab, HUNCH.description)
        assert await tab.run("document.querySelector('#trouble').hidden")

        assert [(FIRST, "pets")] == answers(served)


async def test_a_phone_is_touched(browser: Browser) -> None:
    """Suggestion, similar, category, undo: by taps only."""
    async with page(browser, *CLINICS[:2], HUNCH, touch=True) as (tab, served):
        await line(tab, FIRST)
        await tab.page.tap("#similar")
        await shown(tab, "#preview")
        await tab.page.tap("#preview-go")
        await shown(tab, "#together")
        await tab.page.tap("#suggestions li:first-child button")
        await line(tab, HUNCH.description)
        await tab.page.tap("#undo")
        await line(tab, FIRST)
        await tab.page.tap("#category-pets")
        await tab.until("document.querySelector('#said').innerText.startsWith('Pets.')")

        assert [(FIRST, "pets"), (CLINICS[1].description, "pets"), (FIRST, "pets")] == answers(served)


async def test_a_held_key_and_a_double_click_are_one_answer(browser: Browser) -> None:
    """What nobody has read is not answered."""
    many = [HUNCH.model_copy(update={"transaction_id": f"m-{at}", "merchant_key": f"k{at}"}) for at in range(9)]
    async with page(browser, *many) as (tab, served):
        await says(tab, "#day-said", "9 wait")
        for _ in range(3):
            await tab.page.keyboard.down("1")
            await asyncio.sleep(0.1)
        await tab.page.keyboard.up("1")
        await says(tab, "#day-said", "1 answered today")
        await tab.page.focus("#suggestions button")
        for _ in range(3):
            await tab.page.keyboard.down("Enter")
            await asyncio.sleep(0.1)
        await tab.page.keyboard.up("Enter")
        await says(tab, "#day-said", "2 answered today")
        await tab.page.dblclick("#suggestions button", delay=80)
        await asyncio.sleep(0.3)
        await says(tab, "#day-said", "3 answered today")

        assert 3 == len(served.corrections)


async def test_a_viewer_sees_the_day_and_cannot_answer(browser: Browser) -> None:
    """Without buttons that would be refused."""
    viewers = People(ask=True, role_header="X-Role", key=KEY)
    async with page(browser, HUNCH, people=viewers) as (tab, _):
        await shown(tab, "#empty")
        assert "Ada, viewer" == await text(tab, "#who")
        assert "You may look" == await text(tab, "#empty-title")
        assert "1 waits" in await text(tab, "#day-said")
        assert await tab.run("document.querySelector('#actions').hidden")
        await tab.press("1")


async def test_single_keys_can_be_switched_off(browser: Browser) -> None:
    """For those who dictate (WCAG 2.1.4); buttons stay."""
    async with page(browser, CLINICS[0], HUNCH) as (tab, served):
        await line(tab, FIRST)
        await tab.press("?")
        await shown(tab, "#legend")
        await tab.page.focus("#single")
        await tab.press(" ")
        await tab.press("Escape")
        await tab.press("1")
        await tab.press("s")
        assert [] == answers(served)
        await tab.page.focus("#suggestions button")
        await tab.press("Enter")
        await line(tab, HUNCH.description)

        assert [(FIRST, "pets")] == answers(served)


async def test_the_three_pages_lead_to_each_other(browser: Browser) -> None:
    """Addresses come from the settings; a port alone is one of the same machine."""
    async with page(browser, *CASES, learned=busy(), monitor_url=":9465/") as (tab, served):
        await line(tab, FIRST)
        links = await tab.run("[...document.querySelectorAll('#pages a')].map((link) => [link.textContent, link.href])")
        await tab.page.click("#pages a:last-child")
        await shown(tab, "#learned")

        assert [
            ["Fairness", "http://127.0.0.1:9465/"],
            ["Review", served.url + "review"],
            ["Learning", served.url + "learning"],
        ] == links
