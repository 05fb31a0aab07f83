"""Statement text made comparable: the folded line, and the merchant inside it.

`statement_text` keeps the bank's words (ATM, PAYROLL, FEE), which the grammar of `models.voters.rules` reads.
`merchant_text` takes them away, with store numbers, dates, references and places, so that one merchant has one text.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from models.statements.accents import restored
from models.statements.endings import BRANDS, CHANNELS, GLUED_BRANDS, without_closing
from models.statements.places import BREAK, ENDINGS, without_place
from models.statements.platforms import parted, without_platform
from models.statements.prefixes import DATE, MONTHS, has_fields, named_company, without_front
from models.statements.scripts import MARKS, folded_letters, without_accents
from models.statements.searching import any_of
from models.statements.tails import without_tail

# Letters that no normal form takes apart, so they have to be named.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
# A bound only: no line may hold up the stream, whatever it folds to.
_ROUNDS = 12
_REMEMBERED = 8_192
"""Texts remembered that are nearly reduced, about 3 MB."""


def statement_text(description: str) -> str:
    """Fold a description: NFKC, case-folded, accents removed, white space collapsed; every word stays.

    What becomes of letters that are not Latin: `models.statements.scripts`.

    >>> statement_text("  ATM  Retrait CAFÉ № 5 ")
    'atm retrait cafe no 5'
    """
    # Most lines are: normal forms and marks change nothing in them, and are what costs the time.
    if description.isascii():
        return " ".join((restored(description) if "?" in description else description).lower().split())
    text = description
    # What is folded may fold further; going on until nothing changes makes the text its own folded text.
    for _ in range(_ROUNDS):
        folded = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", restored(text)).casefold())
        folded = unicodedata.normalize("NFKC", without_accents(folded).translate(_LETTERS))
        folded = " ".join(folded_letters(folded).split())
        if folded == text:
            break
        text = folded
    return text


_CARD_TAIL = (
    r"\(\s*card[^)]*\)|\bcard(?: no\.?| ?#:?)?(?: \d[\d ]*| #?\|[\s|]*)$|\bcard(?: no\.?| ?#:?)$|\bfrom card#?:? *.*$"
)
_CARD_LAST = (
    r"^(\S+ .*\S)(?<! gift)(?<! credit)(?<! sim)(?<! rail)(?<! travel)(?<! business)(?<! smart)(?<! phone) card$"
)
"""Not after one word: leap card, swift card."""
_CASH_BACK = r"(?: w/ cashback)?$|\bpurchase w/ cashback$"
_MONEY = "usd|eur|gbp|cad|zar|aud|nzd|chf|jpy|inr|sek|nok|dkk"
_HELP = r"help\.uber\S*|amzn\.co\S*|amazon\.co\S+|apple\.com/\S*|itunes\.com/\S*|g\.co/\S*|paypal\.com\S*|lyft\.com"
_AMAZON = ("amazon", "amzn")
_ORDER = (
    r"((?:\.co\.uk|\.com\.au|\.com|\.[a-z]{2}| prime| digital| mktp(?:l(?:ace)?)?| retail| eu| uk| us)*?)"
    r"(?:\*\s?\S*|(?=[a-z0-9]*\d) ?[a-z0-9]{8,}|(?<=\.co\.uk)\w{6,})(?: am[a-z]*)?"
)

_Cut = tuple[str, re.Pattern[str], str]


def _cuts(*rows: tuple[str, str, str]) -> tuple[_Cut, ...]:
    return tuple((token, re.compile(pattern), replacement) for token, pattern, replacement in rows)


_STREET = (
    r"(?<=[a-z]{4}) \d{3,5}[a-z]? (?:[nsew]{1,2}\.? )?(?:[a-z0-9]+ ){1,3}?"
    r"(?:st|street|ave|avenue|rd|road|blvd|dr|drive|ln|lane|hwy|pkwy|ct|pl|way)\b\.?(?: [a-z .|]*)?$"
)
"""An address in the USA behind the merchant."""
_SHORT_STREET = (
    r"^(\S{3,} \S.*?[a-z]{3}) \d{1,2} (?:[nsew]{1,2}\.? )?(?:[a-z]+|\d+(?:st|nd|rd|th)) "
    r"(?:st|ave|rd|blvd|dr) [a-z ]*[a-z]{4} [a-z]{2}(?: usa?)?[ |]*$"
)
"""The same with a small number, which could belong to a name of one word, before a town and a state."""

_WORD_CUTS = _cuts(
    ("carte", r"(?<=\w) (?:- )?carte(?: bancaire)?(?: (?:numero|num|no|nr|n°|n))?\.? ?[x*]*\d[\dx* ]*$", " | "),
    ("xxx", r"(?<![a-z])((?!xx)[a-z]{2})x{4,}", r"\1 | "),
    ("xxx", r"x{3}[- ]x{3,}(?:-x{4,})?|(?<![a-z])[a-z]?x{4,}(?:[-#]+x{2,})*", " | "),
    ("ending in", r"[ ,(-]*(?:card|a(?:pple|ndroid) ?pay|google ?pay|samsung ?pay) ending in\b.*$", " | "),
    ("card", _CARD_TAIL, " | "),
    ("card", _CARD_LAST, r"\1 | "),
    ("purchase", r"\b(?:pos |recurring )?(?:debit )?card purchase(?:-pin)?" + _CASH_BACK, " | "),
    (" web pm", r"(?<=\w{3}) web pmts?(?: \S*\d\S*)*$", " | "),
    ("recurring", r"(?<=\s)recurring$", " | "),
    (" dda ", r" dda (?:pin )?(?:pos )?(?:pur|purch|purchase|wd|wdl)\b.*$", " | "),
    (" dbt/", r" dbt/wdr\b.*$", " | "),
    (" pos debit", r"(?<=\w{3}) pos debit$", " | "),
    ("memo=", r"[- ]*memo=.*$", " | "),
    (" pay", r"(?<=\w\w) (?:via |with |using |- ?)?\b(?:apple|google|samsung|android|garmin|fitbit) pay$", " | "),
    ("sagt danke", r"(?<=\w) sagt danke.*$", " | "),
    ("sterling", r"(?<=\w{3}) non-? ?sterling\b.*$", " | "),
    ("commerce", r"(?<=\w) commerce elec\w*.*$", " | "),
    ("bancontact", r"(?<=\w) (?:\d\d/\d\d/\d{4} )?bancontact\b.*$", " | "),
    (" dankt", r"(?<=\w) dankt\b.*$", " | "),
)
"""What is cut, in order; the token is looked for first, because that is cheaper than the expression."""
_has_cut_word = any_of(token for token, _, _ in _WORD_CUTS)

_BEFORE_DATE = (
    r"^(?:(?!36[05]\b)\d{3} )?(\S.*?\w{2}) \d\d/\d\d(?: #\d+)? "
    r"(?:(?:mobile|pin|online|recurring|sig) )?purchase\b.*$"
)
"""A merchant with the date and the word purchase behind it; the place or web address that follows is not needed."""
_MARK_CUTS = _cuts(
    ("purchase", _BEFORE_DATE, r"\1 | "),
    *((f" {street} ", _SHORT_STREET, r"\1 | ") for street in ("st", "ave", "rd", "blvd", "dr")),
    (" cd", r"(?<=\w{3}) cd ?\d{4}(?: deb)?(?: \d\d[a-z]{3}\d\d)?$", " | "),
    (" * ", r" \* (?=[a-z]{2}$)", " "),
    (
        "rate",
        r"[,(]? ?\b(?:[\d,]+\.\d\d [a-z]{3},? ?)?(?:exchange |fx |visa |exch(?:ange)?\.? )?rate:? \d[\d.]*.*$",
        " | ",
    ),
    (" parc", r"(?<=\w\w)[- ]+parc(?:ela)?\.? ?\d{1,2}(?: ?/| ?de) ?\d{1,2}.*$", " | "),
    ("cuota", r"(?<=\w\w)[- ]+cuotas? ?\d{1,2}(?: ?/| ?de) ?\d{1,2}$", " | "),
    (" msi", r"(?<=\w\w) \d{1,2} ?msi$", " | "),
    (" meses", r"(?<=\w\w) a? ?\d{1,2} meses(?: sin intereses| s/i)?.*$", " | "),
    ("tarj", r"(?<=\w\w),? (?:con )?tarj(?:eta)?\b[ .:*]*[\dx*]{4,}+.*$", " | "),
    (" carta ", r"(?<=\w\w) (?:operazione |mediante |con )?carta (?:n\.? ?|nr\.? ?)?[\dx*]{4,}+.*$", " | "),
    *((f".{gateway}", rf"(?<=[a-z]{{3}})\.{gateway}\w*$", " | ") for gateway in ("razor", "rzp", "payu", "cca")),
    *((name, rf"^({name}){_ORDER}", r"\1\2 | ") for name in _AMAZON),
    ("**", r"\*{2,}\s?\d*", " | "),
    (".co.", r"(?<=[a-z0-9]{3})\.co\.$", ".co.uk"),
    ("/", r"(?<!apple)(?<!itunes)(?<=[a-z0-9]{3})(\.(?:com|net|org|ca|(?:co|org|gov|ac|nhs)\.uk))/\S*", r"\1 | "),
    ("eb ", r"^eb \*.*$", "eventbrite"),
    (".co", r"(?<=\w{4})\s+(?:" + _HELP + r")(?:\s.*)?$", " | "),
    (".c", r"(?<=\w)(\.(?:co\.uk|com?|ca))(?=[a-z]*\d)\w{4,}", r"\1 | "),
    ("uber", r"^uber (?=[a-z]*\d)[a-z0-9]{5}\b", "uber"),
    ("uber", r"^(uber(?: trip| eats)?)(?: gb)?(?: [a-z]{3}\d\d)? [a-z0-9]{5} help\b.*$", r"\1"),
    ("cb*", r" cb\*\d+.*$", " | "),
    (",pas", r",pas\d+.*$", " | "),
    ("ebay", r"(?<=ebay) o\*?\d[\d-]+", " | "),
    ("date ", r"\b(?:value |effective |effec |trans(?:action)? )?date:? " + DATE + r".*$", " | "),
    ("value date", r"\bvalue date\b.*$", " | "),
    (" du ", r"(?<=\w) du (?:\d{6}|\d\d/\d\d/\d\d(?:\d\d)?)\b.*$", " | "),
    ("\\", r"(?<=\w\w) ?\\.*$", " | "),
    (" fact ", r"(?<=\w) fact \d{6}\b.*$", " | "),
    (" eur ", r"(?<=[a-z]) (?:\d+,\d\d|\d\d\.\d\d\.\d\d) eur .*$", " | "),
    ("/ref", r"(?<=\w) ?/ref(?:do|ben)? .*$", " | "),
    (
        " :",
        r"(?<=\w) (?:ref(?:erence|erte)?|(?:numero de )?mandat|mandaat nummer|mededeling) :.*$",
        " | ",
    ),
    (" op ", r"(?<=\w) op \d\d[/-]\d\d[/-]\d\d.*$", " | "),
    (";", r"(?<=\w) ?;.*\b(?:zahlung|paiement|pagamento|karten-?nr|transaktions-?nr)\b.*$", " | "),
    ("/", r"(?<=[a-z]{2})[0-3]\d/[01]\d$", " | "),
    ("/", r"(?:\bon )?\b" + DATE + r"\b", " | "),
    ("/", r"(?<=\w) (?:ech|id emetteur|mdt|ref|lib|rum|icum?|nr)/.*$", " | "),
    ("20", r"(?:\bon )?\b20\d\d-\d\d-\d\d\b", " | "),
    (":", r"\b\d{1,2}:\d\d(?::\d\d)?\b|\b(?:web|ppd|ccd|tel|co|indn|trn)? ?id: ?.*$", " | "),
    (":", r"\b(?:ref(?:erence)?|mandate|mandat\w*|rrn|trn|indn|kenmerk|iban|auth code|terminal id): ?.*$", " | "),
    ("@", r"(?:\b(?:" + _MONEY + r") )?\b[\d,.]*\d ?(?:" + _MONEY + r")? ?@.*$", " | "),
    ("trace", r"\btrace ?(?:#|no|number).*$", " | "),
    ("#", r"(?:\b(?:store|unit|no) ?)?#+ ?[a-z]?\d[\w-]*|#+(?=[\s|]|$)", " | "),
)
"""The same for lines that hold more than letters and blanks."""
_FREQUENT = frozenset((*_AMAZON, "/", "#", ".c", ".co", "20", ":", "@", "**", ";", "\\"))
"""Tokens of those that many lines hold; the others are looked for together."""
_FREQUENT_CUTS = tuple((number, *cut) for number, cut in enumerate(_MARK_CUTS, start=1) if cut[0] in _FREQUENT)
_has_mark = any_of(token for token, _, _ in _MARK_CUTS if token not in _AMAZON)
_has_seldom_mark = any_of(token for token, _, _ in _MARK_CUTS if token not in _FREQUENT)

_WEB_CUTS = _cuts(
    ("www", r"^(?:https?[:/ ]+)?www[. ]?([a-z0-9-]{3,}?)couk$", r"\1.co.uk"),
    ("www", r"^(?:https?[:/ ]+)?www[. ]?([a-z0-9-]{3,}?)(com|org|net)$", r"\1.\2"),
    ("www", r"^(?:https?[:/ ]+)?www[. ](\w.*\w{2}) (com|org|net)$", r"\1.\2"),
    ("www", r"(?:\bhttps?[:/ ]+)?\bwww(?:\.|(?<=^www) ?(?!pmt|pay|transfer|trf|xfer|bill)(?=[a-z0-9]{3}))", " "),
    ("http", r"\bhttps?(?:://| (?=[a-z0-9]))", " "),
    ("couk", r"(?<=[a-z0-9]{3})\.?couk\b", ".co.uk"),
    (" co ", r"(?<=[a-z0-9]{3}) co (uk?|nz|za)$", r".co.\1"),
)
"""Web addresses that are split, glued or have their protocol in front."""
_channel = re.compile(
    r"(?<=\w{3})(?: ?[-/] ?(?:internet|mail order|ivr|moto|e ?comm?)| ?-? ?\b[vr]/t| e-comm?)$"
).search
"""How it was paid for, behind a dash or slash."""

_NUMBERED = "store|str|stn|loc|location|branch|outlet|site|rest|terminal|till|cd|card|term|auth"
_DAYS = "mon|tue|wed|thu|fri|sat|sun"
_MayHave = Callable[[str], object]
_DIGIT_CUTS: tuple[tuple[_MayHave, re.Pattern[str], str], ...] = tuple(
    (may_have if callable(may_have) else any_of(may_have), re.compile(pattern), " | ")
    for may_have, pattern in (
        (re.compile(r" \d{3}").search, _STREET),
        (MONTHS.split("|"), r"(?:\bon )?\b\d{1,2} ?(?:" + MONTHS + r")(?: ?\d{2,4})?(?=\W*$)(?: \|)*"),
        (("-",), r"\b(?:0\d|1[0-2])-[0-3]\d(?:-\d\d(?:\d\d)?)?\b"),
        (re.compile(r"\d{3}[-. ]\d{4}").search, r"(?<!\w)\+?1?[-. (]{0,3}\d{3}[-. )]{1,3}\d{3}[-. ]\d{4}\b"),
        (_NUMBERED.split("|"), rf"\b(?:{_NUMBERED}) ?#? ?(?:xx)?\d+\b"),
        (
            ("ref ", "reference ", "mandate ", "auth code ", "trn "),
            r"\b(?:ref|reference|mandate|auth code|trn) (?:no\.? |nr\.? )?[a-z]{0,4}\d{3}.*$",
        ),
        (
            ("xx", "-", "am", "pm"),
            rf"\bx{{2}}\d{{3,4}}\b|\b[a-z]-\d{{3,}}\b|\b(?:{_DAYS}) \d{{1,2}}[ap]m\b",
        ),
        ((".",), r"\b(?:" + _MONEY + r") ?\d[\d,]*\.\d\d\b|\b\d[\d,]*\.\d\d ?(?:" + _MONEY + r")\b"),
        (re.compile(r"[.,]\d\d$").search, r"[-$£€ ]\d{1,6}[.,]\d\d$"),
    )
)
"""Numbers that are none of a name, in order, behind a search that is quicker than the expression."""
_APART = re.compile(r"(?<=[a-z]{2}[a-rt-z]) s(?= (?!stn\b|st\b|serve?\b)|$)")
"""The s of a genitive whose apostrophe became a space: "mcdonald s"; not that of a service station."""
_PUNCTUATION = re.compile(r"['’`]+|(?<![a-z0-9])\.+|\.+(?![a-z0-9])|[^\w\s.&+|" + MARKS + r"]+|_+")
_JOINED = frozenset("'’`")
_ENDS = ENDINGS | CHANNELS


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
    return merchant_of(statement_text(description))


def merchant_of(statement: str) -> str:
    """The same for text that `statement_text` has made."""
    return tidied(without_platform(statement))


def tidied(named: str) -> str:
    """The same for the text that names who was paid, which `without_platform` gave."""
    return reduced(without_tail(named))


def reduced(subject: str) -> str:
    """The same for what `without_tail` has left of that."""
    shorter = _merchant_once(subject)
    return subject if shorter == subject else _settled(shorter)


@lru_cache(maxsize=_REMEMBERED)
def _settled(shorter: str) -> str:
    """What further passes leave: a cut may lay open what another one looks for, so one would not be idempotent.

    Remembered, since lines of one merchant mostly are equal after the first.
    """
    text = without_tail(statement_text(shorter))
    for _ in range(_ROUNDS - 1):
        shorter = _merchant_once(text)
        if shorter == text:
            break
        text = without_tail(statement_text(shorter))
    return text


def _merchant_once(text: str) -> str:
    """One pass over folded text; gives the text back where nothing with two letters or digits would remain."""
    # Most cuts look for digits or signs, and most lines of letters only need none of them.
    marked = not text.replace(" ", "").isalpha()
    left = without_front(named_company(text) if marked and has_fields(text) else text)
    if _has_cut_word(left):
        left = _cut(left, _WORD_CUTS)
    if "*" in text:
        left = parted(left)
    if "www" in left or "http" in left or "couk" in left or " co " in left:
        left = _cut(left, _WEB_CUTS)
    if marked:
        left = _unmarked(left)
    if " s" in left:
        left = _APART.sub("s", left)
    words = _without_codes(left)
    if words and (words[-1] in _ENDS or not words[-1].isalpha()):
        words = without_place(without_closing(words))
    result = " ".join([word for word in words if word != BREAK])
    # Too little is left to be a name, so the cuts took the merchant itself.
    return result if _names(result) else text


def _cut(left: str, cuts: tuple[_Cut, ...]) -> str:
    for token, pattern, replacement in cuts:
        # A plain search is much quicker than an expression that finds nothing.
        if token in left:
            left = pattern.sub(replacement, left)
    return left


def _marks_cut(left: str) -> str:
    """`_cut` with `_MARK_CUTS`, most of which no line but a few has the token of."""
    if not (_has_mark(left) or left.startswith(_AMAZON)):
        return left
    if _has_seldom_mark(left):
        return _cut(left, _MARK_CUTS)
    for number, token, pattern, replacement in _FREQUENT_CUTS:
        if token in left and (shorter := pattern.sub(replacement, left)) != left:
            left = shorter
            # A cut may lay open what another one looks for.
            if _has_seldom_mark(left):
                return _cut(left, _MARK_CUTS[number:])
    return left


def _unmarked(left: str) -> str:
    """Cut what has digits or punctuation."""
    if ("-" in left or "/" in left) and (found := _channel(left)):
        left = left[: found.start()]
    left = _marks_cut(left)
    if _has_digit(left):
        for may_have, pattern, replacement in _DIGIT_CUTS:
            if may_have(left):
                left = pattern.sub(replacement, left)
    left = left.replace(",", " | ")
    return left if left.replace(" ", "").isalnum() else _PUNCTUATION.sub(_spaced, left)


def _spaced(match: re.Match[str]) -> str:
    return "" if match[0][0] in _JOINED else " "


_DIGIT = re.compile(r"\d")
_has_digit = _DIGIT.search
_GLUED_NUMBER = re.compile(r"([^\W\d_]{4,})\d{3,}")
_GLUED_SITE = re.compile(r"([^\W\d_]{4,})\d{4,}[^\W_]*")
"""A name with the number of a site behind it: only the first word of a line, which has to name the merchant."""


def _names(text: str) -> bool:
    """Tell whether two letters are left."""
    return (len(text) > 1 and text[:2].isalpha()) or sum(map(str.isalpha, text)) >= 2


def _without_codes(left: str) -> list[str]:
    """Drop store numbers and references; a number that opens the name (99 Ranch, 407 ETR) stays."""
    if not _has_digit(left):
        return left.split()
    kept: list[str] = []
    named = False
    for word in left.split():
        if word.isalpha():
            named = True
            kept.append(word)
            continue
        if word != BREAK and _has_digit(word) and word not in GLUED_BRANDS:
            if glued := (_GLUED_NUMBER if named else _GLUED_SITE).fullmatch(word) or _GLUED_NUMBER.fullmatch(word):
                word = glued[1]
            elif _is_code(word, named=named) and not (kept and f"{kept[-1]} {word}" in BRANDS):
                word = BREAK
        named = named or word != BREAK
        kept.append(word)
    return kept


def _is_code(word: str, *, named: bool) -> bool:
    digits = sum(map(str.isdigit, word))
    if not named:
        return digits >= 5
    return digits >= 3 or (digits >= 2 and len(word) >= 6)
