"""Keys of a line: one merchant has one, whatever store or spelling, and a private person none that others see."""

from datetime import UTC, datetime

import pytest

from models.contracts.corrections import About, Answered, Correction
from models.contracts.events import AmountBand
from models.decisions.line_keys import CorrectionKeys, line_keys, trade_of, transaction_of
from models.decisions.loading import load_ensemble
from models.learned.online.keys import LineKeys, account_token, subject_of
from models.voters.line import Line, key_of


@pytest.fixture(scope="module")
def keys() -> CorrectionKeys:
    """By the shipped model."""
    return CorrectionKeys(load_ensemble())


def correction(
    text: str | None, amount: str = "12.50", *, merchant_key: str | None = None, counterparty: str | None = None
) -> Correction:
    """One about a line, or only about a merchant."""
    about = None
    if text is not None:
        about = About(description=text, amount=amount, currency="CAD", counterparty=counterparty)
    answers = Answered(
        category="other",
        confidence=0.5,
        amount_band=AmountBand.UNDER_100,
        model_version="m",
        merchant_key=merchant_key,
    )
    return Correction(
        correction_id="c",
        transaction_id="t",
        category="pets",
        actor="r",
        timestamp=datetime(2026, 3, 2, tzinfo=UTC),
        about=about,
        answers=answers,
    )


@pytest.mark.parametrize(
    ("text", "merchant"),
    [
        ("TIM HORTONS #1234 TORONTO", "timhortons"),
        ("Tim Hortons 0077", "timhortons"),
        ("BLUE BARN 0012", "bluebarn"),
        ("MR. GREEK MEAT MARKET", "mrgreekmeatmarket"),
        ("MONTHLY FEE", "monthlyfee"),
    ],
)
def test_a_merchant_has_one_key(keys: CorrectionKeys, text: str, merchant: str) -> None:
    """Of a brand the brand's, else its text's."""
    found = keys(correction(text))
    assert found is not None
    assert (merchant, "out", None) == (found.merchant, found.flow, found.private)
    assert found.family


@pytest.mark.parametrize(
    "text",
    ["INTERAC E-TRANSFER SENT JOHN SMITH", "JOHN SMITH", "MR A KHAN", "Zelle payment to Bob Jones", "e-transfer"],
)
def test_a_private_person_is_nobody_to_others(keys: CorrectionKeys, text: str) -> None:
    """Nor are words that only say how money moved; one account may remember both, as a token."""
    found = keys(correction(text))
    assert found is not None
    assert (None, (), "") == (found.merchant, found.family, found.text)
    token = subject_of(found, "a-1", b"secret")
    assert token is not None
    assert token.startswith("~")
    assert "smith" not in token
    assert token != subject_of(found, "a-2", b"secret")


def test_a_private_counterparty_is_nobody_to_others(keys: CorrectionKeys) -> None:
    """Two people of the same words are two to the account."""
    first, second = (keys(correction("transfer", counterparty=name)) for name in ("Bob Jones", "Ann Miller"))
    assert first is not None
    assert second is not None
    assert (None, None) == (first.merchant, second.merchant)
    assert first.private != second.private


def test_refunds_are_apart(keys: CorrectionKeys) -> None:
    """What is said of purchases says nothing of money in."""
    found = keys(correction("TIM HORTONS #1234", "-5.00"))
    assert found is not None
    assert ("timhortons", "in") == (found.merchant, found.flow)


def test_a_worker_has_the_same_keys(keys: CorrectionKeys) -> None:
    """From the line and the merchant that it has of it."""
    ensemble = load_ensemble()
    for text in ("TIM HORTONS #1234 TORONTO", "BLUE BARN 0012", "JOHN SMITH"):
        about = correction(text).about
        assert about is not None
        transaction = transaction_of(about)
        merchant = ensemble.findings([transaction])[0].merchant
        assert line_keys(Line(*key_of(transaction)), merchant) == keys(correction(text))


def test_without_the_transaction_the_merchant_named_counts(keys: CorrectionKeys) -> None:
    """As money out; without either there is nothing to learn."""
    assert LineKeys("acme", (), "out", "") == keys(correction(None, merchant_key="acme"))
    assert keys(correction(None)) is None
    # The transaction says more than what a case tool claims.
    found = keys(correction("TIM HORTONS #1234", merchant_key="acme"))
    assert found is not None
    assert "timhortons" == found.merchant


@pytest.mark.parametrize(
    ("named", "merchant"),
    [("Tim Hortons", "timhortons"), ("timhortons", "timhortons"), ("7eleven", "7eleven"), ("bp", "bp")],
)
def test_a_merchant_named_has_the_key_that_decisions_have(keys: CorrectionKeys, named: str, merchant: str) -> None:
    """However a case tool writes it."""
    assert LineKeys(merchant, (), "out", "") == keys(correction(None, merchant_key=named))


@pytest.mark.parametrize(
    "named",
    [
        *("DE89 3704 0044 0532 0130 00", "de89370400440532013000", "4111111111111111", "jane@example.com"),
        *("JOHN SMITH", "mr a khan", "e-transfer", "..."),
    ],
)
def test_what_nobody_may_know_is_no_merchant_named(keys: CorrectionKeys, named: str) -> None:
    """An account, a card, an address, a private person: nothing is learned of it."""
    assert keys(correction(None, merchant_key=named)) is None


def test_several_are_prepared_together(keys: CorrectionKeys) -> None:
    """It changes nothing but the time."""
    corrections = [correction("QUIET OAK"), correction(None, merchant_key="acme")]
    keys.prepare(corrections)
    found = keys(corrections[0])
    assert found is not None
    assert "quietoak" == found.merchant


def test_a_word_tells_a_trade() -> None:
    """Or none."""
    assert "food_dining" == trade_of(("north", "cafe"))
    assert trade_of(()) is None


def test_accounts_have_tokens() -> None:
    """That depend on the secret."""
    assert account_token("a", b"1") != account_token("a", b"2")
    assert 32 == len(account_token("a", b"1"))
