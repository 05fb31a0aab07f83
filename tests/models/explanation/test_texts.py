"""The file of texts: the languages are alike, and a file that is not complete is refused."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from models.contracts.data_files import shipped
from models.contracts.taxonomy import CATEGORIES
from models.errors import FileError
from models.explanation.case import Case, Certainty, Look
from models.explanation.explanation import explain
from models.explanation.grounds import Ground
from models.explanation.texts import TEXTS_FILE, flat, placeholders, read_texts, shipped_texts

TEXTS = shipped_texts()
FILE = shipped(TEXTS_FILE).read_text(encoding="utf-8")
JARGON = {
    "en": r"confidence|probab|\bmcc\b|algorithm|merchant|token|threshold|classif|ensemble|machine learning|model"
    r"|\bvot|evidence|score|categori[sz]ed",
    "de": r"konfidenz|wahrscheinlich|\bmcc\b|algorithm|händler|schwellen|klassifi|maschinelles|modell|ensemble|stimm"
    r"|token|evidenz|score",
    "fr": r"confiance|probab|\bmcc\b|algorithm|commerçant|seuil|apprentissage|modèle|ensemble|\bvot(e|es|ant)\b|jeton"
    r"|token|score",
}
"""What no customer is told, for `re.IGNORECASE`."""


def texts_of(code: str) -> dict[str, str]:
    """All texts of a language by their keys."""
    return dict(flat(TEXTS.of(code).model_dump(mode="json")))


def test_three_languages_are_shipped() -> None:
    """English first."""
    assert ("en", "de", "fr") == TEXTS.codes


@pytest.mark.parametrize("code", TEXTS.codes)
def test_every_language_has_every_key_with_the_same_placeholders(code: str) -> None:
    """As English; only the bank's contact may be empty."""
    own, english = texts_of(code), texts_of("en")

    assert {key: placeholders(text) for key, text in english.items()} == {
        key: placeholders(text) for key, text in own.items()
    }
    assert ["contact"] == [key for key, text in own.items() if not text]
    assert set(CATEGORIES) == set(TEXTS.of(code).categories)


@pytest.mark.parametrize("code", TEXTS.codes)
def test_no_two_categories_or_grounds_are_called_the_same(code: str) -> None:
    """A customer can tell them apart."""
    words = TEXTS.of(code)

    assert len(CATEGORIES) == len(set(words.categories.values()))
    assert len(Ground) == len(set(words.grounds.values()))


@pytest.mark.parametrize("code", TEXTS.codes)
def test_texts_are_plain(code: str) -> None:
    """No jargon, no dashes, and no sentence of more than 35 words."""
    texts = texts_of(code)

    assert {} == {key: text for key, text in texts.items() if re.search(JARGON[code], text, re.IGNORECASE)}
    assert {} == {
        key: text for key, text in texts.items() if re.search("[—–]|  |[0-9]", text) and "first_day" not in key
    }
    sentences = [sentence for text in texts.values() for sentence in re.split(r"(?<=[.?!]) ", text)]
    assert [] == [sentence for sentence in sentences if len(sentence.split()) > 35]


def test_french_has_no_blank_that_may_break_before_its_signs() -> None:
    """No-break spaces before : ; ? ! and inside the quotes."""
    assert {} == {key: text for key, text in texts_of("fr").items() if re.search(r" [:;?!»]|« ", text)}


def write(folder: Path, text: str) -> Path:
    """A file of texts."""
    path = folder / "words.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_further_language_needs_no_code(tmp_path: Path) -> None:
    """A table more, and it is offered."""
    german = FILE[FILE.index("[language.de]") : FILE.index("[language.fr]")]
    swiss = german.replace("language.de", "language.de-CH").replace('group = "."', 'group = "’"')
    texts = read_texts(write(tmp_path, f"{FILE}\n{swiss}"))
    case = Case("pets", (Ground.WORD,), Certainty.SURE, Look.NO)

    assert ("en", "de", "fr", "de-CH") == texts.codes
    assert "„Haustiere“" in explain(case, texts, "de-CH").text


def test_the_bank_says_how_it_is_reached(tmp_path: Path) -> None:
    """The contact stands at the end; without one there is none."""
    texts = read_texts(write(tmp_path, FILE.replace('contact = ""', 'contact = "Write to us: help@bank.example"', 1)))
    case = Case("pets", (Ground.WORD,), Certainty.SURE, Look.NO)

    assert explain(case, texts, "en").text.endswith("\n\nWrite to us: help@bank.example")
    assert explain(case, texts, "de").text.endswith("erklärt werden.")


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        (lambda text: re.sub(r"^pets = .*\n", "", text, count=1, flags=re.MULTILINE), "has no words for pets"),
        (
            lambda text: text.replace('till = "', 'tills = "', 1),
            "en, grounds: has no words for till and does not know tills",
        ),
        (lambda text: text.replace("“{category}”", "", 1), "decided.settled must name {category}"),
        (lambda text: text.replace('brand = "We', 'brand = "{merchant} We', 1), "grounds.brand must name nothing"),
        (lambda text: text.replace("“{word}”", "that word", 1), "en: grounds.named_word must name {word}"),
        (lambda text: text.replace('brand = "We', 'brand = "} We', 1), "grounds.brand must name nothing"),
        (lambda text: text.replace('"January", ', "", 1), "months"),
        (lambda text: text.replace('name = "English"', 'name = ""', 1), "language, en, name"),
        (lambda text: text.replace("language.en", "language.English"), "English"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, spoilt: Callable[[str], str], said: str) -> None:
    """By the language and the key at fault."""
    text = spoilt(FILE)
    assert text != FILE
    with pytest.raises(FileError) as caught:
        read_texts(write(tmp_path, text))

    assert said in str(caught.value)
    assert str(caught.value).startswith("words.toml: language")
