"""N-grams, neighbours and memory together: what is asked when, and who has the last word."""

import numpy as np
import pytest

from models.learned.memory import MerchantMemory, memory_key
from models.learned.text import LearnedText
from tests.harness.learned import CATEGORIES, Compass, small


def asked(learned: LearnedText) -> list[str]:
    """What the encoder was asked so far."""
    assert learned.likeness is not None
    assert isinstance(learned.likeness.encoder, Compass)
    return learned.likeness.encoder.asked


def test_sure_n_grams_do_not_ask_the_encoder() -> None:
    """A known word decides: score 7, softmax e^7 / (e^7 + 2); the neighbours stay unheard."""
    learned = small()
    found = learned.opinions(["cafe"])
    assert pytest.approx(np.exp(7) / (np.exp(7) + 2), abs=1e-5) == float(found.probabilities[0, 0])
    assert [] == asked(learned)
    assert (None,) == found.near


def test_unsure_n_grams_ask_the_neighbours() -> None:
    """Score .7 for groceries is not sure; the neighbour to the east says groceries too.

    Votes 1.02 groceries, .02 the others, so shares e^.7 * 1.02 against .02 and .02.
    """
    learned = small()
    found = learned.opinions(["cafe", "his shop", "shop"])
    assert ["his shop", "shop"] == asked(learned)
    assert (None, "corner shop", "petrol stop") == found.near
    likelihood = np.array([0.02, 0.02, np.exp(0.7) * 1.02])
    np.testing.assert_allclose(found.probabilities[1], likelihood / likelihood.sum(), rtol=1e-4)


def test_what_was_seen_beats_what_it_looks_like() -> None:
    """Nine sightings as fuel against an opinion worth one: (9 + p) / 10; the encoder is not asked."""
    learned = small(MerchantMemory([("cafe", "fuel", 9)]))
    before = small().opinions(["cafe"]).probabilities[0]
    found = learned.opinions(["cafe"])
    assert "fuel" == CATEGORIES[int(found.probabilities[0].argmax())]
    np.testing.assert_allclose(found.probabilities[0], (np.array([0, 9, 0]) + before) / 10, rtol=1e-5)
    assert (("fuel", 9),) == (found.seen[0].counts if found.seen[0] else None)
    assert [] == asked(learned)


def test_few_sightings_give_way_to_a_strong_opinion() -> None:
    """One sighting against an opinion worth twenty: the opinion stays."""
    learned = small(MerchantMemory([("cafe", "fuel", 1)]), strength=20)
    assert "food_dining" == CATEGORIES[int(learned.opinions(["cafe"]).probabilities[0].argmax())]


def test_sightings_of_a_category_without_a_column_do_not_count() -> None:
    """A person may correct to a category that the model never learned: nothing breaks, the opinion stays."""
    learned = small(MerchantMemory([("cafe", "pets", 50)]))
    found = learned.opinions(["cafe"])
    np.testing.assert_allclose(found.probabilities, small().opinions(["cafe"]).probabilities, rtol=1e-5)


def test_a_strange_text_has_no_opinion() -> None:
    """No known word and no known piece: nobody is asked. Once seen, it has one."""
    learned = small()
    found = learned.opinions(["zxqv", "cafe"])
    assert [False, True] == found.known.tolist()
    assert [] == asked(learned)
    assert small(MerchantMemory([("zxqv", "fuel", 1)])).opinions(["zxqv"]).known.all()


def test_no_texts_no_opinions() -> None:
    """Shapes stay right."""
    found = small().opinions([])
    assert ((0, 3), (), ()) == (found.probabilities.shape, found.seen, found.near)


TEXTS = ["tim hortons", "zanzibar lounge", "petrol stop", "qwzx", "monthly rent", "dunmarsh vet"]


def test_opinions_of_the_shipped_model_stand_alone(learned: LearnedText) -> None:
    """Each text alone and all together give the same to the last bit: a replay in other batches decides the same."""
    together = learned.opinions(TEXTS)
    for row, text in enumerate(TEXTS):
        alone = learned.opinions([text])
        np.testing.assert_array_equal(alone.probabilities[0], together.probabilities[row])
        assert (alone.near[0], alone.seen[0]) == (together.near[row], together.seen[row])


def test_rows_of_the_shipped_model_sum_to_one(learned: LearnedText) -> None:
    """Whether sure, unsure, seen or strange."""
    found = learned.opinions(["tim hortons", "corner cafe", "зщжц", "x", ""])
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, atol=1e-5)


def test_scripts_never_learned_are_left_to_others() -> None:
    """A known word in Latin letters makes no line readable whose other letters are not; a merchant once seen is."""
    line = "кофейня на углу cafe"
    assert [True, False] == list(small().opinions(["cafe", line]).known)
    assert [True] == list(small(MerchantMemory([(memory_key(line), "food_dining", 3)])).opinions([line]).known)
