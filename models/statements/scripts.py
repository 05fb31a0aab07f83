"""Scripts beside the Latin one: how the letters of each are folded, and words of scripts that write none apart.

==================  ===================================================================================
Latin, Greek        accents removed; a final sigma is a sigma
Cyrillic            letters kept (й, ї and ў are no и, і and у with an accent); ё is е, as most people write it
Hebrew              points removed, and the marks of an abbreviation: בע״מ is בעמ
Arabic              vowel marks and lengthened lines removed; alef with hamza is alef, ى is ي, ة is ه
Devanagari, Thai    kept as they are, vowel signs included
kana                of full width; a hyphen inside a word is the long vowel it stands for: ﾛ-ｿﾝ is ローソン
Han, kana           known words are set apart by blanks, as are Latin letters and digits: 給与5月分 is 給与 5 月分
==================  ===================================================================================

Text without such letters comes back as it is.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from models.contracts.data_files import StrictTable, read_table, shipped

_FIRST_MARKED, _LAST_MARKED = 0x0900, 0x109F
"""From Devanagari to Myanmar: scripts whose vowels are marks, without which words fall apart."""


def _ranges(points: Iterable[int]) -> str:
    """Code points as the inside of a character class."""
    spans: list[list[int]] = []
    for point in points:
        if spans and spans[-1][1] == point - 1:
            spans[-1][1] = point
        else:
            spans.append([point, point])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in spans)


MARKS = _ranges(
    point for point in range(_FIRST_MARKED, _LAST_MARKED + 1) if unicodedata.category(chr(point)) in ("Mn", "Mc")
)
"""Vowel signs that are part of a word though Python's \\w does not count them; the inside of a character class."""

_KANA = "\u3041-\u3096\u30a1-\u30fa\u30fc"
_HAN = "\u3005\u3400-\u4dbf\u4e00-\u9fff"
_UNSPACED = _HAN + _KANA
_HEBREW = "\u05d0-\u05ea"
_ARABIC_MARKS = "\u0610-\u061a\u0640\u064b-\u065f\u0670"
_CYRILLIC = "\u0400-\u052f"

_OTHER = re.compile("[\u0370-\u058f\u0590-\u08ff\u0900-\u109f\u1f00-\u1fff\u3000-\u9fff\uac00-\ud7af]")
_LETTER = re.compile(r"[^\W\d_]")
_accents = re.compile(rf"(?<![{_CYRILLIC}])[\u0300-\u036f]+|(?<=е)\u0308").sub
_points = re.compile(rf"[\u0591-\u05bd\u05bf\u05c1-\u05c7{_ARABIC_MARKS}]+").sub
_abbreviation = re.compile(rf"(?<=[{_HEBREW}])[\"'\u05f3\u05f4\u2018\u2019\u201d]+(?=[{_HEBREW}\s]|$)").sub
_long_vowel = re.compile(rf"(?<=[{_KANA}])[-\u2010-\u2015\u2212](?=[{_KANA}]|\s|$)").sub
_boundary = re.compile(rf"(?<=[{_UNSPACED}])(?=[a-z0-9])|(?<=[a-z0-9])(?=[{_UNSPACED}])").sub
_is_unspaced = re.compile(f"[{_UNSPACED}]").search

_HAN_LETTER, _KANA_LETTER = re.compile(f"[{_HAN}]"), re.compile(f"[{_KANA}]")
_FIRST_OTHER = "\u0370"
"""First letter that is not Latin; there are more Latin ones above it, from U+1E00 on."""

_FIRST_UNLISTED = "\u0531"
_LISTED = re.compile("[\u0590-\u08ff\u1f00-\u1fff]").match
"""Hebrew, Arabic and its neighbours, and Greek with accents."""

_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه"})
_SMALL = dict(zip("ァィゥェォッャュョヮぁぃぅぇぉっゃゅょ", "アイウエオツヤユヨワあいうえおつやゆよ", strict=True))
_LARGE = {small: f"[{small}{large_of}]" for small, large_of in _SMALL.items()}
_KEYS = str.maketrans({**_SMALL, "ー": ""})


class Words(StrictTable):
    """``unspaced_words.toml``: words of Han and kana, by what they are."""

    words: dict[str, tuple[str, ...]]


def without_accents(text: str) -> str:
    """Remove accents of text in NFD, but for Cyrillic, where they make another letter.

    >>> import unicodedata
    >>> unicodedata.normalize("NFC", without_accents(unicodedata.normalize("NFD", "café йод ёлка οδός")))
    'cafe йод елка οδος'
    """
    return _accents("", text)


def folded_letters(text: str) -> str:
    """Fold the letters of other scripts; text in NFKC and case-folded.

    >>> folded_letters('שופרסל בע"מ'), folded_letters("كارفور الإمارات"), folded_letters("給与5月分")
    ('שופרסל בעמ', 'كارفور الامارات', '給与 5 月分')
    """
    if not _OTHER.search(text):
        return text
    text = _abbreviation("", _points("", text)).translate(_ARABIC)
    if _is_unspaced(text):
        text = " ".join(_boundary(" ", _set_apart(_long_vowel("ー", text))).split())
    return text


def _set_apart(text: str) -> str:
    """Put blanks around every known word, the longest at each place."""
    words = _known_words()
    parts, done, place = [], 0, 0
    while place < len(text):
        begun = words.get(text[place])
        found = begun.match(text, place) if begun else None
        if found is None:
            place += 1
            continue
        parts += [text[done:place], found[0]]
        done = place = found.end()
    return " ".join((*parts, text[done:]))


@cache
def _known_words() -> Mapping[str, re.Pattern[str]]:
    """First letter to the words that begin so, the longest first; read once, when such a line first comes."""
    table = read_table(Words, shipped("unspaced_words.toml"))
    begun: defaultdict[str, list[str]] = defaultdict(list)
    for word in {word for several in table.words.values() for word in several}:
        for first in _LARGE.get(word[0], word[0]).strip("[]"):
            begun[first].append(word)
    # By itself among equals, so that the order of a set decides nothing.
    return {
        first: re.compile("|".join(map(_spelling, sorted(words, key=lambda w: (-len(w), w)))))
        for first, words in begun.items()
    }


def _spelling(word: str) -> str:
    """A word as banks may write it: their systems know no small kana, and put or leave out long vowels and hyphens."""
    spelled = ""
    for letter, after in zip(word, f"{word[1:]} ", strict=True):
        if letter != "ー":
            spelled += _LARGE.get(letter, letter)
            # The sign of a long vowel is a letter of kana, too.
            spelled += "ー?" if _KANA_LETTER.match(letter) and _KANA_LETTER.match(after) else ""
    return spelled


def key_letters(word: str) -> str:
    """A word of kana as names are compared: without long vowels, small letters as large ones.

    >>> key_letters("マツモトキヨシ"), key_letters("ローソン"), key_letters("cafe")
    ('マツモトキヨシ', 'ロソン', 'cafe')
    """
    return word if word.isascii() else word.translate(_KEYS)


def is_foreign(text: str) -> bool:
    """Tell whether most letters are of no Latin script; those of Han and kana count as in `letters_of`.

    >>> is_foreign("пятерочка москва rus"), is_foreign("café de flore"), is_foreign("1234")
    (True, False, False)
    """
    if text.isascii():
        return False
    letters = _LETTER.findall(text)
    latin = sum(map(_is_latin, letters))
    return latin < letters_of("".join(letters)) - latin


def is_unlisted(word: str) -> bool:
    """Tell whether a folded word begins in a script in which no names are listed: none of Latin to Arabic.

    >>> is_unlisted("李娜"), is_unlisted("शर्मा"), is_unlisted("иван"), is_unlisted("anna")
    (True, True, False, False)
    """
    return not word.isascii() and not word[0] < _FIRST_UNLISTED and not _LISTED(word) and not _is_latin(word[0])


def _is_latin(letter: str) -> bool:
    return letter < _FIRST_OTHER or "\u1e00" <= letter <= "\u1eff"


def letters_of(key: str) -> int:
    """Letters of a key, for comparing it with a length in Latin letters: Han counts three, kana two.

    >>> letters_of("tesco"), letters_of("美团外卖"), letters_of("ロソン")
    (5, 12, 6)
    """
    if key.isascii():
        return len(key)
    return len(key) + 2 * len(_HAN_LETTER.findall(key)) + len(_KANA_LETTER.findall(key))
