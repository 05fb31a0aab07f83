"""Letters that a file's encoding lost come back where the word tells which they were."""

import pytest

from models.statements.accents import restored
from models.statements.normalise import statement_text

WORDS = [
    "cartão",
    "são",
    "transferência",
    "salário",
    "prestação",
    "farmácia",
    "café",
    "comisión",
    "nómina",
    "prélèvement",
]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("hole", ["?", "??", "\ufffd", "\ufffd\ufffd"])
def test_word_with_holes_is_the_word(word: str, hole: str) -> None:
    """A sign for every lost letter, or for each of its bytes; in any case of letters."""
    holed = "".join(letter if letter.isascii() else hole for letter in word)
    assert statement_text(word) == statement_text(holed) == statement_text(holed.upper())


@pytest.mark.parametrize("word", WORDS)
def test_bytes_read_as_latin_are_the_word(word: str) -> None:
    """UTF-8 that was read as Latin-1."""
    assert statement_text(word) == statement_text(word.encode("utf-8").decode("latin-1"))


def test_endings_tell_of_words_nobody_listed() -> None:
    """An ending of Portuguese is enough where there is only one that fits."""
    assert ["verificacao", "habitacoes", "essencia"] == [
        restored(holed) for holed in ("verifica??o", "habita??es", "ess?ncia")
    ]


QUESTIONS = [
    "what now?",
    "who? me",
    "as per? yes",
    "par? or",
    "from a|per?",
    "a?b",
    "?",
    "???",
    "http://x.y/?q=1",
    "18?00",
    "AT&T? NO",
]


@pytest.mark.parametrize("text", QUESTIONS)
def test_question_stays(text: str) -> None:
    """A question mark that stands for no letter is left."""
    assert text == restored(text)


def test_folding_twice_changes_nothing() -> None:
    """What was restored is its own folded text, also where folding makes the question mark or the letters before it."""
    for text in ("COMPRA CART?O S\ufffdO JO??O CAFÃ©", "\u00e7c\u00e9\uff1f\u00ba", "\u00e9\u00e7\u00ca\u00e3\ufffdo"):
        once = statement_text(text)
        assert once == statement_text(once)
