"""Statement text made comparable: the folded line, and the merchant inside it.

`statement_text` keeps the bank's words (ATM, PAYROLL, FEE), which the grammar of `models.voters.rules` reads.
`merchant_text` takes them away, with store numbers, dates, references and places, so that one merchant has one text.
"""

import json
import re
import unicodedata
from importlib.resources import files

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
_MARKS = re.compile(r"[\u0300-\u036f]+")
_ROUNDS = 12
_BREAK = "|"
"""Stands where something was cut out; what follows it may be a place."""


def statement_text(description: str) -> str:
    """Fold a description: NFKC, case-folded, Latin accents removed, white space collapsed; every word stays.

    >>> statement_text("  ATM  Retrait CAFÉ № 5 ")
    'atm retrait cafe no 5'
    """
    if description.isascii():
        return " ".join(description.lower().split())
    text = description
    for _ in range(_ROUNDS):
        folded = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
        folded = unicodedata.normalize("NFKC", _MARKS.sub("", folded).translate(_LETTERS))
        folded = " ".join(folded.split())
        if folded == text:
            break
        text = folded
    return text


_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec"
_DATE = r"(?:\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?)"

_BANK_WORDS = (
    r"purchase (?:with cash ?back(?: \$)? ?[\d.,]* )?(?:authori[sz]ed )?(?:on|at|with)",
    r"recurring payment (?:authori[sz]ed )?on",
    r"(?:recurring|mobile|online|overseas|international|intl|domestic|contactless|fuel|card) (?:card )?purchase",
    r"(?:recurring )?(?:pos|point of sale|pin|debit card|credit card|check ?card|checkcrd|visa|visa debit|visa dda)"
    r" (?:purchase|purch|pur|withdrawal|debit|deb|transaction|payment|refund|signature|dd|w/d)",
    r"withdrawal (?:pfcu )?(?:debit card|check card|pos|visa)(?: debit)?(?: gold/)?",
    r"(?:debit|credit) (?:purchase|card)(?: -? ?visa(?: card)?| purchase)?",
    r"card (?:payment|purchase)(?: to| at)?",
    r"(?:contactless )?interac (?:purchase|retail purchase)",
    r"dbt crd|dbt purchase|visa check card|check ?card|recurring debit|opos|fpos|idp purchase|retail purchase",
    r"purchase|(?:dda )?pur|(?:pin )?chk purch|visa(?= -)|withdrawal(?= [/#])|(?:\d{3} )?pos(?= (?!malaysia))",
    r"merchant purchase terminal",
    r"(?:naedo |eft |internal )?debit order(?: payment)?|(?:\w+ )?app payment to",
    r"debicheck(?: internal d/o)?(?: payment)?(?! auth)|magtape (?:debit|credit)|acb debit ?:(?: ?external)?",
    r"achat par carte|paiement (?:par )?carte|paiement cb|carte \d\d[/.]\d\d|kartenzahlung|lastschrift",
    r"compra (?:en|con tarjeta)|pagamento pos|betaalautomaat|bea,? betaalpas|kaartaankoop",
)
"""How statements of several countries say that a card was used; never part of a name."""

_FILLERS = (
    r"[\s\-:/*.,]",
    r"\(effec ?\)",
    r"\(\s*[\d.,]+\s*\)",
    r"x{3,}+",
    r"#",
    r"\d{1,3}(?:,\d{3})*\.\d\d\b",
    _DATE,
    r"\d{4}(?=\s)",
)
_PROCESSORS = (
    r"(?:sq|tst|paypal|pp|ppl|pyp|sp|iz|zettle_?|izettle|sumup|yoco|ikhokha|ikh?|zapper\d?|payfast|peach|wpy|py|fsp|in|evb"
    r"|ezi|apl|int\*in|dri|fs|2co|2checkout(?:\.com)?|stripe|klarna|adyen|mollie|worldpay|gosq|ppro|nyx|usa|cko|wl|sqsp"
    r"|sz) ?\*+",
    r"(?:yoco|snapscan|zettle|sumup|sp)(?= (?!plus\b|ausnet\b|services?\b)[a-z])",
    r"paypal(?= (?!inst|trans|xfer|credit|payment)[a-z])",
)


def _any(*patterns: str) -> str:
    return "(?:" + "|".join(patterns) + ")"


_SPACERS = _any(*_FILLERS) + "*+"
"""Possessive: what it took it keeps, so that no line makes the search try the ways to split a run of fillers."""
_PREFIX = re.compile(
    _any(_SPACERS + _any(*_BANK_WORDS) + "(?![a-z])" + _SPACERS, _any(*_PROCESSORS) + r"\s*") + "++",
)

_CARD_TAIL = r"\(\s*card[^)]*\)|\bcard(?: no\.?| ?#:?)?(?: \d[\d ]*| #?\|[\s|]*)?$|\bfrom card#?:? *.*$"
_CASH_BACK = r"(?: w/ cashback)?$|\bpurchase w/ cashback$"
_CUTS: tuple[tuple[str, re.Pattern[str], str], ...] = tuple(
    (token, re.compile(pattern), replacement)
    for token, pattern, replacement in (
        ("xxx", r"(?<![a-z])([a-z]{2})x{4,}", r"\1 | "),
        ("xxx", r"x{3}[- ]x{3,}(?:-x{4,})?|(?<![a-z])[a-z]?x{4,}(?:[-#]+x{2,})*", " | "),
        ("**", r"\*{2,}\s?\d*", " | "),
        ("www.", r"(?:https?://)?\bwww\.", " "),
        ("date ", r"date " + _DATE + r".*$", " | "),
        ("card", _CARD_TAIL, " | "),
        ("purchase", r"\b(?:pos |recurring )?(?:debit )?card purchase(?:-pin)?" + _CASH_BACK, " | "),
        ("recurring", r"(?<=\s)recurring$", " | "),
        (".c", r"(?<=\w)(\.(?:co\.uk|com?|ca))(?=[a-z]*\d)\w{4,}", r"\1 | "),
        ("/", r"(?:\bon )?\b" + _DATE + r"\b", " | "),
        ("20", r"\b20\d\d-\d\d-\d\d\b", " | "),
        (":", r"\b\d{1,2}:\d\d(?::\d\d)?\b|\b(?:web|ppd|ccd) id: ?.*$|\bref(?:erence)?: ?.*$", " | "),
        ("#", r"(?:\b(?:store|unit|no) ?)?#+ ?[a-z]?\d[\w-]*|#+(?=[\s|]|$)", " | "),
    )
)
"""What is cut, in order; the token is looked for first, because that is cheaper than the expression."""

_DIGIT_CUTS: tuple[re.Pattern[str], ...] = (
    re.compile(r"\b\d{1,2} ?(?:" + _MONTHS + r")(?: ?\d{2,4})?(?=\W*$)"),
    re.compile(r"\b(?:0\d|1[0-2])-[0-3]\d(?:-\d\d(?:\d\d)?)?\b"),
    re.compile(r"(?<!\w)\+?1?[-. (]{0,3}\d{3}[-. )]{1,3}\d{3}[-. ]\d{4}\b"),
    re.compile(r"\b(?:store|str|stn|loc|location|branch|outlet|site|rest|terminal|till) ?#? ?\d+\b"),
    re.compile(r"[-$£€ ]\d{1,6}[.,]\d\d$"),
)
_APART = re.compile(r"(?<=[a-z]{3}) s(?= |$)")
"""The s of a genitive whose apostrophe became a space: "mcdonald s"."""
_PUNCTUATION = re.compile(r"['’`]+|(?<![a-z0-9])\.+|\.+(?![a-z0-9])|[^\w\s.&+|]+|_+")
_JOINED = frozenset("'’`")

_PLACES: dict[str, list[str]] = json.loads(files("models").joinpath("data/places.json").read_text(encoding="utf-8"))
_STATES = frozenset(_PLACES["states"])
"""States of the USA and provinces of Canada."""
_COUNTRIES = frozenset(_PLACES["countries"])
"""Country codes that close a line after a state."""
_COUNTRIES_ALONE = frozenset(_PLACES["countries_alone"])
"""Country codes that close a line also without a state; "us" is not one of them (Toys R Us)."""
_CITIES = frozenset(_PLACES["cities"])


def merchant_text(description: str) -> str:
    """Reduce a description to the merchant: what n-grams, gazetteer keys and merchant keys are made of.

    Idempotent. Text with letters never becomes empty: where nothing would be left, the folded text is given back.

    >>> merchant_text("SQ *BLUE BOTTLE COFFEE #5547")
    'blue bottle coffee'
    >>> merchant_text("AMAZON.CA FY7HQ0P43")
    'amazon.ca'
    >>> merchant_text("SHOPPERSDRUGMART1271")
    'shoppersdrugmart'
    >>> merchant_text("CHECKCARD 0412 WENDY'S F733 BOISE ID USA")
    'wendys'
    """
    text = statement_text(description)
    for _ in range(_ROUNDS):
        shorter = _merchant_once(text)
        if shorter == text:
            break
        text = statement_text(shorter)
    return text


def _merchant_once(text: str) -> str:
    """One pass over folded text; gives the text back where nothing with two letters or digits would remain."""
    left = text
    if prefix := _PREFIX.match(left):
        left = left[prefix.end() :]
    for token, pattern, replacement in _CUTS:
        if token in left:
            left = pattern.sub(replacement, left)
    if _has_digit(left):
        for pattern in _DIGIT_CUTS:
            left = pattern.sub(" | ", left)
    left = left.replace(",", " | ")
    if not left.replace(" ", "").isalnum():
        left = _PUNCTUATION.sub(_spaced, left)
    if " s" in left:
        left = _APART.sub("s", left)
    words = _without_place(_without_codes(left.split()))
    result = " ".join(word for word in words if word != _BREAK)
    return result if _letters(result) >= 2 else text


def _spaced(match: re.Match[str]) -> str:
    return "" if match[0][0] in _JOINED else " "


_DIGIT = re.compile(r"\d")
_has_digit = _DIGIT.search
_GLUED_NUMBER = re.compile(r"([^\W\d_]{4,})\d{3,}")


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _without_codes(words: list[str]) -> list[str]:
    """Drop store numbers and references; a number that opens the name (99 Ranch, 407 ETR) stays."""
    kept: list[str] = []
    named = False
    for word in words:
        if word != _BREAK and _has_digit(word):
            if glued := _GLUED_NUMBER.fullmatch(word):
                word = glued[1]
            elif _is_code(word, named=named):
                word = _BREAK
        named = named or word != _BREAK
        kept.append(word)
    return kept


def _is_code(word: str, *, named: bool) -> bool:
    digits = sum(map(str.isdigit, word))
    if not named:
        return digits >= 5
    return digits >= 3 or (digits >= 2 and len(word) >= 6)


def _without_place(words: list[str]) -> list[str]:
    """Drop a country, state and city that close the line, never all of the name."""
    end = len(words)
    while end and words[end - 1] == _BREAK:
        end -= 1
    if end < 2:
        return words
    if words[end - 1][2:] == "us" and words[end - 1][:2] in _STATES and _BREAK in words[:end]:
        words = [*words[: end - 1], words[end - 1][:2]]
    country = words[end - 1] in _COUNTRIES and (words[end - 2] in _STATES or words[end - 1] in _COUNTRIES_ALONE)
    place = end - 1 if country else end
    state = words[place - 1] in _STATES and _names(words[: place - 1])
    if not state:
        return words[:place] if country and _names(words[:place]) else words
    return _without_city(words[: place - 1])


def _without_city(words: list[str]) -> list[str]:
    """Cut at the last break before the place, or else drop a well-known city; the name before it must remain."""
    for index, word in enumerate(words):
        if word == _BREAK and _names(words[:index]):
            return words[:index]
    for size in (3, 2, 1):
        if " ".join(words[-size:]) in _CITIES and _names(words[:-size]):
            return words[:-size]
    return words


def _names(words: list[str]) -> bool:
    """Whether a word of three letters or more is left to name the merchant."""
    return any(_letters(word) >= 3 for word in words)
