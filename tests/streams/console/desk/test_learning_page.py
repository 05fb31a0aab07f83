"""The page of learning in a real browser: what was learned, and what approvers decide about it."""

import pytest

from streams.console.desk.people import People
from tests.streams.console.browser import Browser
from tests.streams.console.desk.learned import Learned, after, approved, busy, correction, frozen
from tests.streams.console.desk.paging import page, says, shown, text, texts
from tests.streams.console.desk.serving import KEY


async def test_what_was_learned_and_by_whom(browser: Browser) -> None:
    """Accuracy with counts and interval, proposals, quarantine with its reason; not what is one account's."""
    async with page(browser, path="learning", learned=busy(), ahead=after(days=2)) as (tab, _):
        await shown(tab, "#learned")
        facts = await text(tab, "#facts")
        proposal = await text(tab, "#proposals li")
        held = await text(tab, "#quarantine li")
        latest = await texts(tab, "#lately li")

    assert "Accuracy before learning 33.3% [9.7 to 70.0%], 2 of 6" in facts
    assert "millstreetyoga is Sports fitness 6 of 6 accounts agree" == proposal
    assert (
        "bluebarn is Pets, not shopping several others say something else by grace, reviewer 30 Nov 09:04 UTC" in held
    )
    assert 5 == len(latest)
    assert "nightowlpress is Shopping, not education" in latest[0].replace("\n", " ")
    assert [] == [entry for entry in latest if "millstreetyoga" in entry]


@pytest.mark.parametrize(("key", "action"), [("release", "release"), ("reject", "reject")])
async def test_quarantine_is_released_or_rejected_with_a_reason(browser: Browser, key: str, action: str) -> None:
    """By keyboard: tick, button, reason, Enter; without a reason nothing happens."""
    async with page(browser, path="learning", learned=busy()) as (tab, served):
        await shown(tab, "#quarantine li")
        assert await tab.run(f"document.querySelector('#quarantine button[value={key}]').disabled")
        await tab.page.focus("#quarantine input[value='all']")
        await tab.press(" ")
        await tab.page.focus(f"#quarantine button[value={key}]")
        await tab.press("Enter")
        await shown(tab, "#decide")
        await tab.press("Enter")
        assert await tab.run("document.querySelector('#decide').open")
        await tab.page.keyboard.type("seen the receipt")
        await tab.press("Enter")
        await says(tab, "#said", "1 correction")
        told = [(each.action, each.target, each.actor, each.reason) for each in served.learned.told]
        await says(tab, "#quarantine", "Nothing is held back.")

    assert [(action, "c-5", "Ada", "seen the receipt")] == told


async def test_what_the_learner_refuses_is_said(browser: Browser) -> None:
    """Nobody releases their own correction, whatever the page let them ask for; it can be ticked again."""
    words = [correction(1, "Blue Barn", "pets", actor="alan"), correction(2, "Blue Barn", "pets", actor="edsger")]
    own = correction(3, "Blue Barn", "groceries", actor="Ada", minutes=1)
    async with page(browser, path="learning", learned=Learned(*words, own)) as (tab, served):
        await shown(tab, "#quarantine li")
        await tab.page.click("#quarantine li input")
        await tab.page.click("#quarantine button[value=release]")
        await shown(tab, "#decide")
        await tab.page.keyboard.type("I am sure")
        await tab.press("Enter")
        await says(tab, "#trouble", "One was not released: somebody else must release it.")
        assert not await tab.run("document.querySelector('#quarantine li input').disabled")

    assert ["release"] == [each.action for each in served.learned.told]


async def test_a_proposal_is_approved(browser: Browser) -> None:
    """Without a reason, if one likes; then it is learned for everyone."""
    async with page(browser, path="learning", learned=busy()) as (tab, served):
        await shown(tab, "#proposals li")
        await tab.page.click("#proposals li input")
        await tab.page.click("#proposals button[value=approve]")
        await shown(tab, "#decide")
        await tab.press("Enter")
        await says(tab, "#proposals", "No proposals wait")
        await says(tab, "#lately", "millstreetyoga")

        assert ["approve"] == [each.action for each in served.learned.told]


async def test_cancelled_is_not_done(browser: Browser) -> None:
    """Escape, and the button."""
    async with page(browser, path="learning", learned=busy()) as (tab, served):
        await shown(tab, "#lately li")
        await tab.page.click("#lately li input")
        for leave in ("Escape", "button"):
            await tab.page.click("#lately button[value=forget_correction]")
            await shown(tab, "#decide")
            await tab.page.keyboard.type("no")
            if leave == "Escape":
                await tab.press("Escape")
            else:
                await tab.page.click("#decide .quiet")
            await tab.until("!document.querySelector('#decide').open")

        assert [] == served.learned.told


async def test_what_was_learned_is_unlearned(browser: Browser) -> None:
    """Its merchant is what it was."""
    async with page(browser, path="learning", learned=busy()) as (tab, _):
        await shown(tab, "#lately li")
        await tab.page.click("#lately li:first-child input")
        await tab.page.click("#lately button[value=forget_correction]")
        await shown(tab, "#decide")
        await tab.page.keyboard.type("a joke")
        await tab.press("Enter")
        await tab.until("!document.querySelector('#lately').innerText.includes('nightowlpress')")


async def test_learning_is_frozen_and_thawed(browser: Browser) -> None:
    """The switch says what is the case, and what waits."""
    async with page(browser, path="learning", learned=frozen()) as (tab, served):
        await says(tab, "#overall", "Frozen: 1 correction waits")
        await tab.page.click("#freeze")
        await shown(tab, "#decide")
        await tab.press("Enter")
        await says(tab, "#overall", "Learning goes on")
        await tab.page.click("#freeze")
        await shown(tab, "#decide")
        await tab.page.keyboard.type("an attack")
        await tab.press("Enter")
        await says(tab, "#overall", "Frozen: 0 corrections wait")

        assert ["thaw", "freeze"] == [each.action for each in served.learned.told]


async def test_what_is_ticked_stays_ticked_while_the_page_is_brought_up_to_date(browser: Browser) -> None:
    """And the open dialog stays open."""
    async with page(browser, path="learning", learned=busy()) as (tab, _):
        await shown(tab, "#lately li")
        await tab.page.click("#lately li:nth-child(2) input")
        asked = len([url for url in tab.requests if url.endswith("/api/learning")])
        while len([url for url in tab.requests if url.endswith("/api/learning")]) < asked + 2:
            await tab.run("new Promise((resolve) => setTimeout(resolve, 100))")

        assert [False, True, False, False, False] == await tab.run(
            "[...document.querySelectorAll('#lately li input')].map((box) => box.checked)"
        )


async def test_others_than_approvers_only_look(browser: Browser) -> None:
    """There is no box and no button that would be refused."""
    viewers = People(ask=True, role_header="X-Role", key=KEY)
    async with page(browser, path="learning", learned=busy(), people=viewers) as (tab, _):
        await shown(tab, "#lately li")
        assert 0 == await tab.run("document.querySelectorAll('main input:not(#name, #reason), .tools button').length")
        assert await tab.run("document.querySelector('#freeze').hidden")


async def test_many_accounts_are_nobodys_name(browser: Browser) -> None:
    """A person may be called what the crowd was called once."""
    learned = busy()
    await approved(learned)
    learned.take(correction(20, "Red Fox", "pets", actor="accounts", minutes=8))
    async with page(browser, path="learning", learned=learned) as (tab, _):
        await says(tab, "#lately", "millstreetyoga")
        latest = await texts(tab, "#lately li")

    assert "by accounts, reviewer" in latest[0]
    assert "by many accounts" in latest[1]


async def test_nothing_learned_yet(browser: Browser) -> None:
    """Said with what to do."""
    async with page(browser, path="learning", learned=Learned(heard=False)) as (tab, _):
        await shown(tab, "#empty")
        assert "Nothing was learned yet" == await text(tab, "#empty-title")
