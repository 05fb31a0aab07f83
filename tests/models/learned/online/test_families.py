"""Families: stores of one name follow, names that merely look alike do not."""

import pytest

from models.decisions.line_keys import trade_of
from models.learned.online.holdout import HoldoutRow
from models.learned.online.keys import FamilyKey
from models.learned.online.memories.families import Families
from models.learned.online.memories.words import Known
from models.learned.online.model import Found, Ground, OnlineModel
from models.learned.online.records import Standing
from models.learned.online.state import Means
from tests.harness.corrections import keys_of_text, learner, said, said_of_text, take_all


def model_after(*pairs: tuple[str, str], rows: tuple[HoldoutRow, ...] = ()) -> OnlineModel:
    """A worker's model after corrections of merchants."""
    means = Means(trade=trade_of)
    one = learner(rows=rows, means=means)
    take_all(one, [said(number, text, category) for number, (text, category) in enumerate(pairs)])
    model = OnlineModel(trade=trade_of)
    model.apply(one.snapshot().items())
    assert model.digest == one.digest
    return model


def all_of(category: str, *texts: str) -> list[tuple[str, str]]:
    """Corrections of merchants to one category."""
    return [(text, category) for text in texts]


def test_unseen_stores_follow() -> None:
    """After three of a name of several words, each with another one behind it."""
    stores = all_of("auto", "glen tire ajax", "glen tire barrie", "glen tire 12")
    assert said_of_text(model_after(*stores[:2]), "glen tire whitby") is None
    model = model_after(*stores)
    expected = Found("auto", "corrected for 3 merchants of that name", 3, 1.0, Ground.CORRECTED_FAMILY)
    assert expected == model.family(keys_of_text("glen tire whitby"))
    assert expected == model.family(keys_of_text("glen tire"))
    assert model.family(keys_of_text("glen whitby")) is None


def test_a_single_word_needs_one_store_more() -> None:
    """As words are parts of other names."""
    stores = all_of("pets", "zoomax ajax", "zoomax barrie", "zoomax 12", "zoomax whitby")
    assert said_of_text(model_after(*stores[:3]), "zoomax oshawa") is None
    assert "pets" == said_of_text(model_after(*stores), "zoomax oshawa")


@pytest.mark.parametrize(
    "text", ["shellys cafe", "shelley north", "shel north", "northshell", "shell cafe", "shell dental"]
)
def test_names_that_look_alike_do_not_follow(text: str) -> None:
    """Whole words only; and a word that is left over may tell another trade."""
    stores = all_of("fuel", "shell ajax", "shell barrie", "shell 12", "shell whitby", "shell pickering")
    model = model_after(*stores)
    assert "fuel" == said_of_text(model, "shell oshawa")
    assert said_of_text(model, text) is None


def test_words_that_tell_a_trade_make_no_family() -> None:
    """City Pizza, City Cafe and City Diner are no family: what follows says why they are what they are."""
    stores = all_of("food_dining", "city pizza", "city cafe", "city diner", "city sushi", "city bakery")
    assert said_of_text(model_after(*stores), "city works") is None


def test_one_branch_is_no_family() -> None:
    """Tim Hortons in five towns says nothing of other Tims."""
    stores = all_of(
        "food_dining", *(f"tim hortons {town}" for town in ("ajax", "barrie", "whitby", "oshawa", "guelph"))
    )
    model = model_after(*stores)
    assert "food_dining" == said_of_text(model, "tim hortons kanata")
    assert said_of_text(model, "tim kanata") is None


def test_stores_that_differ_are_no_family() -> None:
    """Four in five must agree; a store's own correction goes before its family."""
    most = all_of("pets", *(f"zoomax {town}" for town in ("ajax", "barrie", "whitby", "oshawa")))
    model = model_after(*most, ("zoomax guelph", "fuel"))
    assert "fuel" == said_of_text(model, "zoomax guelph")
    assert "pets" == said_of_text(model, "zoomax kanata")
    assert said_of_text(model_after(*most, ("zoomax guelph", "fuel"), ("zoomax york", "fuel")), "zoomax kanata") is None


def test_the_holdout_vetoes_a_family() -> None:
    """Merchants of it stay corrected."""
    row = HoldoutRow(keys_of_text("zoomax kanata"), "fuel", frozenset({"fuel"}), "b")
    stores = all_of("pets", *(f"zoomax {town}" for town in ("ajax", "barrie", "whitby", "oshawa")))
    model = model_after(*stores, rows=(row,) * 10)
    assert said_of_text(model, "zoomax kanata") is None
    assert "pets" == said_of_text(model, "zoomax ajax")


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (Known("loans_fees", 100), None),
        (Known("loans_fees", 99), "pets"),
        (Known("pets", 100), "pets"),
    ],
)
def test_a_family_claims_no_frequent_merchant(known: Known, expected: str | None) -> None:
    """Four stores that one person made up say nothing of a bank whose name begins so, and which many know."""
    asked: list[str] = []

    def beginning(letters: str) -> list[Known]:
        asked.append(letters)
        return [known]

    one = learner(means=Means(trade=trade_of, beginning=beginning))
    stores = ("royal qalpha", "royal qbravo", "royal qcharlie", "royal qdelta")
    take_all(one, [said(number, text, "pets") for number, text in enumerate(stores)])
    model = OnlineModel(trade=trade_of)
    model.apply(one.snapshot().items())
    assert expected == said_of_text(model, "royal bank")
    assert ["royal"] == asked
    assert ([] if expected else ["family:out:royal"]) == one.report()["holdout"]["vetoed"]


def test_what_was_taken_away_has_left_no_trace() -> None:
    """A family is what its stores are, whatever they were."""
    families = Families(stores=2, share=0.8, trade=lambda _tokens: None)
    key: FamilyKey = ("out", ("glen", "tire"))
    for name in ("ajax", "barrie"):
        families.put(("out", name), ("glen", "tire", name), "auto")
    assert Standing("auto", 2, 2) == families.standing(key)
    assert ("out", ("glen", "tire", "ajax")) in families.put(("out", "ajax"), ("glen", "tire", "ajax"), "fuel")
    assert families.standing(key) is None
    families.put(("out", "ajax"), ("glen", "tire", "ajax"), "auto")
    assert Standing("auto", 2, 2) == families.standing(key)
    for name in ("ajax", "barrie"):
        families.put(("out", name), (), None)
    assert {} == families._following
