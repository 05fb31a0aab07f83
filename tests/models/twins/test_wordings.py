"""Lines about people and merchants: nothing is left unfilled, and each person is named."""

import pytest

from models.twins.letters import digraph_capitals, plain_capitals
from models.twins.merchants import Kinds, merchants
from models.twins.people import Person
from models.twins.wordings import wordings, words_of

ADA = Person("Gülşen", "Müller", "female", "turkish")


def test_every_wording_names_the_person() -> None:
    """In its text or in the field for the other side, in capitals without accents; of all three contexts."""
    for wording in wordings():
        line = f"{wording.description(ADA)} {wording.other_side(ADA) or ''}"
        assert "{" not in line
        assert line.isascii()
        assert "GULSEN" in line or "MULLER" in line
    assert {wording.context for wording in wordings()} == {"transfer", "payroll", "sole_trader"}
    assert len({wording.text for wording in wordings()}) == len(wordings())
    assert words_of(ADA) == ("GULSEN", "MULLER")


def test_spellings_have_accents_to_lose() -> None:
    """A word without one would be compared with itself."""
    for spellings in merchants().spelling:
        for word in spellings.words:
            assert plain_capitals(word) != word, word
            assert not spellings.digraphs or digraph_capitals(word) != word


def test_a_word_for_each_group() -> None:
    """One that is missing would shift all others to another group."""
    with pytest.raises(ValueError, match="house: not one word for each of the 2 groups"):
        Kinds(groups=("a", "b"), places=("X",), forms=("{place} {}",), things={"house": ("CHURCH",)})
