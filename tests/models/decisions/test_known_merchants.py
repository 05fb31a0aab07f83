"""What a model knows of merchants, asked as corrections are learned: by the merchant, however a line is written."""

import pytest

from models.artefacts.artefact import DEFAULT_MODEL, read_artefact
from models.contracts.corrections import Answered, Correction
from models.contracts.events import AmountBand
from models.decisions.ensemble import Ensemble
from models.decisions.known_merchants import KnownMerchants
from models.decisions.line_keys import CorrectionKeys
from models.decisions.loading import load_ensemble
from models.learned.memory import MerchantMemory
from models.learned.online.entries import Limits, Reason, Status
from models.learned.online.holdout import Holdout
from models.learned.online.keys import LineKeys
from models.learned.online.learner import OnlineLearner
from models.learned.online.memories.words import Known
from models.learned.online.state import Means
from models.learned.text_files import memory_of
from tests.harness.learning import said


@pytest.fixture(scope="module")
def ensemble() -> Ensemble:
    """The shipped model."""
    return load_ensemble()


@pytest.fixture(scope="module")
def known(ensemble: Ensemble) -> KnownMerchants:
    """What it remembers."""
    _, contents = read_artefact(DEFAULT_MODEL)
    return KnownMerchants(memory_of(contents), ensemble)


def correction(text: str | None, merchant_key: str | None = None) -> Correction:
    """Of a line, or only of a merchant."""
    answers = Answered(
        category="pets",
        confidence=0.5,
        amount_band=AmountBand.UNDER_100,
        model_version="m",
        merchant_key=merchant_key,
    )
    return said(1, text, answers=answers)


@pytest.mark.parametrize(
    ("text", "merchant_key"),
    [("TIM HORTONS 44", None), ("TIM HORTONS ZQX LTD 88", None), (None, "timhortons"), (None, "Tim Hortons")],
)
def test_nobody_flips_a_frequent_merchant_alone(
    ensemble: Ensemble, known: KnownMerchants, text: str | None, merchant_key: str | None
) -> None:
    """Whatever stands behind its name, and where nothing but its key is told."""
    one = OnlineLearner(Limits(), CorrectionKeys(ensemble), Holdout(()), means=Means(known=known))
    outcome = one.take(correction(text, merchant_key), offset=1)
    assert (Status.QUARANTINED, Reason.AGREEMENT) == (outcome.status, outcome.reason)


def test_a_merchant_is_found_by_key_and_by_text(ensemble: Ensemble) -> None:
    """With its rows; of one that was several things nothing is known."""
    rows = [("bluebarn", "pets", 7), ("oddbarn", "pets", 7), ("oddbarn", "fuel", 2)]
    known = KnownMerchants(MerchantMemory(rows), ensemble)
    assert Known("pets", 7) == known(LineKeys("bluebarn", (), "out", ""))
    assert Known("pets", 7) == known(LineKeys("b", (), "out", "blue barn"))
    assert known(LineKeys("b", (), "out", "")) is None
    assert known(LineKeys("oddbarn", (), "out", "odd barn")) is None


def test_spellings_count_for_their_brand(ensemble: Ensemble) -> None:
    """Which is what corrections of them are learned under; each is still found by itself."""
    known = KnownMerchants(MerchantMemory([("aircan", "travel", 60), ("aircanada", "travel", 70)]), ensemble)
    assert Known("travel", 130) == known(LineKeys("aircanada", (), "out", "air canada 12"))
    assert Known("travel", 60) == known(LineKeys("aircan", (), "out", "air can"))


def test_a_brand_in_front_of_other_words_is_known_by_its_spellings(ensemble: Ensemble) -> None:
    """Where none is the brand alone; nothing is known where they differ, or the name is short."""
    rows = [("torontoparkingauthor", "transport", 300), ("torontoparkinglot", "transport", 20), ("tor", "pets", 9)]
    known = KnownMerchants(MerchantMemory([*rows, ("torontohydro", "bills", 400)]), ensemble)
    assert Known("transport", 320) == known(LineKeys("torontoparking", (), "out", "toronto parking qalpha"))
    assert known(LineKeys("toronto", (), "out", "toronto")) is None
    assert known(LineKeys("to", (), "out", "")) is None


def test_merchants_are_found_by_how_they_begin(ensemble: Ensemble) -> None:
    """Those of other letters are not; a spelling's brand is."""
    rows = [("royalbank", "loans_fees", 90), ("royaloak", "pets", 3), ("roy", "fuel", 9), ("aircan", "travel", 60)]
    known = KnownMerchants(MerchantMemory([*rows, ("aircanada", "travel", 70)]), ensemble)
    assert [Known("loans_fees", 90), Known("pets", 3)] == list(known.beginning("royal"))
    assert Known("travel", 130) in list(known.beginning("aircan"))
    assert [] == list(known.beginning("zz"))
