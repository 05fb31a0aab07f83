"""Masking what identifies a person or an account in text: card numbers, IBANs, e-mail addresses, phone numbers.

For logs, prompts, alerts and what is shown of a dead letter; features see the full text. It errs towards masking: a
long reference number is masked as well. Every expression is bounded, so time grows with the length of the text only.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

CARD: Final = "[card]"
IBAN: Final = "[iban]"
EMAIL: Final = "[email]"
PHONE: Final = "[phone]"

IBAN_LENGTHS: Mapping[str, int] = MappingProxyType(
    {
        country: length
        for length, countries in (
            (15, "NO"),
            (16, "BE"),
            (18, "DK FI FK FO GL NL SD"),
            (19, "MK SI"),
            (20, "AT BA EE KZ LT LU MN XK"),
            (21, "CH HR LI LV"),
            (22, "BG BH CR DE GB GE IE ME RS VA"),
            (23, "AE GI IL IQ OM SO TL"),
            (24, "AD CZ ES MD PK RO SA SE SK TN VG"),
            (25, "LY PT ST"),
            (26, "IS TR"),
            (27, "BI DJ FR GR IT MC MR SM"),
            (28, "AL AZ BY CY DO GT HU LB NI PL SV"),
            (29, "BR EG PS QA UA"),
            (30, "JO KW MU YE"),
            (31, "MT SC"),
            (32, "LC"),
            (33, "RU"),
        )
        for country in countries.split()
    }
)
"""Country to length of its IBANs in characters (IBAN Registry of SWIFT, ISO 13616)."""

_EMAIL = re.compile(r"[^\s@<>()\"',;:\\/]{1,64}(?:@[^\s@<>()\"',;:\\/]{1,255})+")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?:[ .-]?[A-Za-z0-9]){11,30}")
_NUMBER = re.compile(r"\+?\(?[0-9](?:[ .()\u2010-\u2015-]{0,3}[0-9])*")
_GROUP = re.compile(r"[0-9]+")

_CARD_DIGITS = range(13, 20)
# Shorter numbers are amounts, dates and store numbers, which a reader needs.
_FEWEST = 8
# Bounded, so that a line of single digits takes linear time.
_MOST_GROUPS = _CARD_DIGITS[-1] + 4
_CARD_GROUPS = ((4, 4, 4, 4, 3), (4, 4, 4, 4), (4, 6, 5), (4, 6, 4))
_DOUBLED = str.maketrans("0123456789", "0246813579")
"""Digit to the sum of the digits of its double."""
_NORTH_AMERICAN = frozenset({(3, 3, 4), (1, 3, 3, 4)})


def mask(text: str) -> str:
    """Replace what identifies by `[card]`, `[iban]`, `[email]` or `[phone]`.

    The text comes back in NFKC and without format characters: digits of another width, or with invisible characters
    between them, are digits still. A phone number of seven digits or fewer is not recognised.

    Returns:
        The text with everything else kept.

    >>> mask("TFR JANE@EXAMPLE.COM CARD 4111 1111 1111 1111 REF 12")
    'TFR [email] CARD [card] REF 12'
    >>> mask("SEPA DE89 3704 0044 0532 0130 00 TEL +44 20 7946 0958")
    'SEPA [iban] TEL [phone]'
    """
    plain = unicodedata.normalize("NFKC", text)
    if not plain.isascii():
        plain = "".join(map(_plain, plain))
    # The search is the costly part, and most lines have no such sign.
    if "@" in plain:
        plain = _EMAIL.sub(EMAIL, plain)
    # All others have digits.
    if not _GROUP.search(plain):
        return plain
    # IBANs first: the digits inside one may pass for a card number, and its letters would stay.
    return _NUMBER.sub(_numbers_masked, _IBAN.sub(_iban_masked, plain))


def _plain(char: str) -> str:
    """The character, with digits of any script as ASCII; nothing for one that is not seen."""
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    return "" if category == "Cf" else char


def _iban_masked(match: re.Match[str]) -> str:
    text = match[0]
    length = IBAN_LENGTHS.get(text[:2].upper(), 0)
    places = [place for place, char in enumerate(text) if char.isalnum()]
    if not length or len(places) < length:
        return text
    end = places[length - 1] + 1
    return IBAN + text[end:] if _is_iban(text[:end]) else text


def _is_iban(text: str) -> bool:
    """Check the digits of an IBAN: ISO 7064 MOD 97-10 over the characters, the first four moved to the end."""
    characters = "".join(filter(str.isalnum, text)).upper()
    return int("".join(str(int(char, 36)) for char in characters[4:] + characters[:4])) % 97 == 1


def _numbers_masked(match: re.Match[str]) -> str:
    """Mask the runs of digit groups that are numbers of a card or a phone, the longest from each place first."""
    text = match[0]
    places = list(_GROUP.finditer(text))
    groups = [place[0] for place in places]
    masked, done, index = "", 0, 0
    while index < len(groups):
        kind, size = _longest(groups[index : index + _MOST_GROUPS], plus=index == 0 and text.startswith("+"))
        if kind:
            start = done if index == 0 else places[index].start()
            masked += text[done:start] + kind
            done = places[index + size - 1].end()
        index += size
    return masked + text[done:]


def _longest(groups: Sequence[str], *, plus: bool) -> tuple[str, int]:
    """The kind of the longest run from the first group on, and its number of groups; ("", 1) where it is nothing."""
    # First: a run with the spacing of a card is one, whatever follows it.
    if own := _spaced_card(groups):
        return CARD, own
    digits = ""
    found = ("", 1)
    for count, group in enumerate(groups, 1):
        too_many = count > 1 and len(digits) + len(group) > _CARD_DIGITS[-1]
        if too_many or (count > 1 and _spaced_card(groups[count - 1 :])):  # a card number starts here, not before
            break
        digits += group
        if len(digits) >= _FEWEST and (kind := _kind(digits, groups[:count], plus=plus)):
            found = (kind, count)
    return found


def _spaced_card(groups: Sequence[str]) -> int:
    """Count the groups from the first on that are spaced like a card number and have its check digit; 0 for none."""
    if len(groups) < 3 or len(groups[0]) != 4:
        return 0
    sizes = _sizes(groups)
    return next(
        (len(card) for card in _CARD_GROUPS if sizes[: len(card)] == card and _luhn("".join(groups[: len(card)]))), 0
    )


def _sizes(groups: Sequence[str]) -> tuple[int, ...]:
    return tuple(map(len, groups))


def _kind(digits: str, groups: Sequence[str], *, plus: bool) -> str:
    count = len(digits)
    if len(groups) == 1 and count >= _CARD_DIGITS[0]:
        return CARD
    if count in _CARD_DIGITS and (_luhn(digits) or _sizes(groups) in _CARD_GROUPS):
        return CARD
    return PHONE if _is_phone(digits, _sizes(groups), plus=plus) else ""


def _is_phone(digits: str, sizes: tuple[int, ...], *, plus: bool) -> bool:
    count = len(digits)
    if plus or digits.startswith("00"):
        return 8 <= count <= 17
    if len(sizes) == 1:
        return count >= 10
    if sizes in _NORTH_AMERICAN:
        return len(sizes) == 3 or digits[0] == "1"
    return digits[0] == "0" and 9 <= count <= 11 and (sizes[0] >= 3 or set(sizes) == {2})


def _luhn(digits: str) -> bool:
    """Check the last digit of a card number (ISO/IEC 7812-1, annex B)."""
    total = sum(digits[-1::-2].encode()) + sum(digits[-2::-2].translate(_DOUBLED).encode())
    return (total - ord("0") * len(digits)) % 10 == 0
