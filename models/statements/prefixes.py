"""What banks and card processors put in front of a merchant, and fields of which one names the merchant."""

import re
from collections.abc import Iterator, Mapping

MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec"
DATE = r"(?:\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?)"

_CARD_USE = (
    r" (?:card )?(?:purchase|purch|pur|withdrawal|debit|deb|transaction|payment|pmt|refund|return|signature|dd|w/d"
    r"|credit)(?: return| refund)?(?: -?visa| purchase)?(?: to| at| from| authori[sz]ed on)?"
)
_BANK_WORDS: tuple[tuple[str, str], ...] = (
    ("purchase", r"(?: return| refund)?(?: with cash ?back(?: \$)? ?[\d.,]*)?(?: authori[sz]ed)?(?: on| at| with)?"),
    ("recurring", r" payment (?:authori[sz]ed )?on| (?:debit|card|online)? ?(?:card )?(?:purchase|payment)| debit"),
    ("recurring", _CARD_USE),
    ("recurring pos pin visa mastercard mc maestro amex interac eftpos", _CARD_USE),
    ("mobile online overseas international intl domestic contactless fuel card retail instore", r" (?:card )?purchase"),
    ("contactless mobile online", r" payment(?: to| at)?(?! thank| received)| interac (?:retail )?purchase"),
    ("contactless", r" transaction| debit|(?= [a-z])"),
    ("point", r" of sale" + _CARD_USE + r"?| of sale"),
    (
        "debit credit check cheque",
        r" ?card(?: (?:purchase|purch|pur|withdrawal|debit|transaction|payment|refund))"
        r"(?: -? ?visa(?: card)?)?(?: to| at| return)?",
    ),
    ("debit credit", r" (?:purchase|card)(?: -? ?visa(?: card)?| purchase)?"),
    ("check", r" ?card(?: purchase)?|crd" + _CARD_USE + "?"),
    ("checkcard checkcrd chkcard dbt", r"(?: purchase)?|(?: crd| purchase)"),
    ("visa", r" dda" + _CARD_USE + r"(?: ap(?= \d))?| debit" + _CARD_USE + r"| check ?card| debit(?= -)|(?= -)"),
    ("withdrawal", r" (?:pfcu )?(?:debit card|check card|pos|visa)(?: debit)?(?: gold/)?|(?= [/#])"),
    ("card", r" (?:payment|purchase|transaction|refund)(?: to| at| from)?"),
    ("interac", r" (?:purchase|retail purchase|flash)"),
    ("pos", r"(?: (?:deb|debit|pur|sale|dc|txn))?(?= (?!malaysia))"),
    ("opos fpos pur vis ddr dda dcp", r"(?: pur(?:chase)?)?(?= )"),
    ("idp retail", " purchase"),
    ("pin chk", r" (?:chk )?purch"),
    ("merchant", " purchase terminal"),
    ("naedo eft internal", " debit order(?: payment)?"),
    ("debit", r" order(?: payment)?(?: to)?"),
    ("fnb nedbank absa banking ib standard", r" app payment to| app external payment"),
    ("app", " payment to"),
    ("debicheck", r"(?: internal d/o)?(?: payment)?(?! auth)"),
    ("magtape", " (?:debit|credit)"),
    ("acb", " debit ?:(?: ?external)?"),
    ("direct", r" debit(?! payment than)(?: payment)?(?: (?:to|from|of))?"),
    ("standing", r" order(?: payment)?(?: (?:to|from))?"),
    ("dd vis obp", r"(?= [a-z]{3})"),
    ("bill", r" (?:payment|pmt|pymt|pay)(?: to| -)?(?= \W*[a-z])"),
    ("online mobile internet telephone web pc mb", r" (?:banking )?bill (?:payment|pmt|pay)(?: to)?|-bill payment"),
    ("preauthorized preauthorised", r" (?:debit|payment|pmt|withdrawal)(?: to)?"),
    ("pre", r"-? ?authori[sz]ed (?:debit|payment|pmt|withdrawal)(?: to)?"),
    ("misc miscellaneous", r"\.? (?:payments?|pmt)(?= \W*[a-z])"),
    ("ach", r" (?:debit|credit|withdrawal|deposit|payment|pmt|web|hold|trans|transaction)(?= \W*[a-z])"),
    ("electronic external ext preauth", r" (?:pmt|payment|withdrawal|debit|w/d|pymt|deposit)(?:[- ]web)?(?= \W*[a-z])"),
    ("web tel", r" (?:pmts?|pymts?|authori[sz]ed pmt)"),
    ("business", r" to business ach"),
    ("refund reversal reversed return chargeback", r" from| of| -|:"),
    ("refund reversal", r"(?= [a-z]{3})"),
    ("merchandise purchase", r" (?:return|refund)"),
    ("card", r"(?: ending(?: in)?)? x*\d{4}(?= )"),
    ("transaction", r" at| with"),
    ("int intl", r"(?:'l)? \d{6,}(?= )"),
    ("achat", " par carte| cb"),
    ("paiement", r" (?:par )?carte(?: \w?\d[\d/.]*)?| cb| sans contact"),
    ("carte", r" \d\d[/.]\d\d(?:[/.]\d\d)?|(?= x\d{4})"),
    ("facture", r"(?= [a-z]{3})| carte"),
    ("cb", r" facture|\*\d{4}| carte"),
    ("prlv prelevement", r"(?: sepa| europeen)*(?: de)?"),
    ("kartenzahlung lastschrift kartenverfugung girocard basislastschrift", r"(?: girocard| mastercard| visa| von)?"),
    ("sepa", r"[- ](?:lastschrift\w*|basislastschrift|direct debit|incasso|prelevement|adeudo|dd)(?: von)?"),
    ("ec", r"[- ]?karten?(?:zahlung)?|[- ]lastschrift"),
    ("compra", r" en| con tarjeta(?: en)?| tarj\S*| internet en"),
    ("pago", r" (?:con tarjeta|movil)?(?: en)(?= )"),
    ("adeudo recibo", r"(?: recibo| de| sepa)*(?= [a-z]{3})"),
    ("pagamento", r" pos| con carta| carta| contactless"),
    ("addebito", r"(?: diretto)?(?: sepa| sdd)?(?: a favore di)?(?= [a-z]{3})"),
    (
        "basislastschrift folgelastschrift erstlastschrift firmenlastschrift einzug abbuchung kartenverfuegung"
        " debitkartenzahlung bankomatzahlung bankomatkassa onlinekauf einkauf warenbezug",
        r"(?: (?:aus|von|vom|bei|an|einzug|onlinebanking|karte|debitkarte))*(?: nr\.? ?[x\d]+)?(?= )",
    ),
    (
        "bezahlung belastung kauf zahlung",
        r"(?:/dienstleistung)?(?: (?:mit|debitkarte|karte|kreditkarte|maestro|vom|bankomat|postfinance|card|karten"
        r"|nr\.?|[x\d]{4,}|\d\d\.\d\d(?:\.\d{2,4})?))+",
    ),
    ("lsv", " einzug"),
    ("twint", r" (?:zahlung|belastung|kauf)|(?= (?!an\b|von\b|geld\b|parking|park\b|app\b)[a-z]{3})"),
    ("visa maestro", r" debitkarten?(?: ?kauf| ?umsatz)?| (?:kauf|zahlung)"),
    ("carte facture cb", r"(?: carte)?(?: (?:du|le))? \d{6}|(?: carte)? (?:du|le) \d"),
    (
        "prelevement prelevt prlvt prelevmnt domiciliation",
        r"(?: (?:sepa|europeen|europeenne|sdd|de|recu|emis))*(?= [a-z]{3})",
    ),
    (
        "achat paiement",
        r" (?:bancontact|maestro|internet|contactless|sans contact|psc|mobile)(?: (?:du|le))?(?: \d\d[/.-]\d\d)?",
    ),
    ("compra pago", r" tarj(?:eta)?\.? ?[\dx*]{4,}(?: (?:en|a))?| (?:internet|movil|contactless) (?:en|a)"),
    ("domiciliacion rcbo", r"(?: (?:por|de|recibo|domiciliacion))*(?= [a-z]{3})"),
    ("devolucion anulacion abono", r" (?:de )?compra(?: en)?"),
    (
        "pagamento acquisto operazione",
        r"(?: (?:con|tramite|su|pos|carta|debito|di|bancomat/pos|pagobancomat|nfc|contactless|internet|online|del"
        r"|presso|c/o|ore|alle|n\.?|nr\.?|\*?[x\d]{4,}|\d\d[:./]\d\d(?:[/.]\d{2,4})?))+",
    ),
    ("sdd rid pagobancomat", r"(?: (?:core|a|da|sepa|pos))*(?= [a-z]{3})"),
    ("storno rimborso accredito riaccredito", " (?:pos|carta|acquisto|pagamento)(?: su carta)?"),
    ("ecom bea", r",? (?:apple pay|google pay|betaalpas|pas)"),
    (
        "betaling aankoop",
        r"(?: (?:met|via|bancontact|kaart|debitkaart|contactloos|mobiel|maestro|visa|mastercard|op|internet))+"
        r"(?: \d\d[-/.]\d\d(?:[-/.]\d{2,4})?)?",
    ),
    (
        "domiciliering europese",
        r"(?: (?:algemeen|doorlopend|eenmalige?|domiciliering|incasso))*(?: incassant ?: ?\S+)?(?: naam ?:)?(?= )",
    ),
    ("betaalautomaat betaalpas kaartaankoop pinbetaling incasso", ""),
    ("bea", r",? (?:betaalpas|apple pay|google pay)"),
)
"""First words, and what may follow: how statements of several countries say that a card or a debit was used."""

_FILLERS = (
    r"[\s\-:/*.,)\]]",
    r"\[[a-z]{2}\]",
    r"\(effec ?\)",
    r"\(\s*[\d.,]+\s*\)",
    r"x{3,}+(?:\d{4}\b)?",
    r"#",
    r"\d{1,3}(?:,\d{3})*\.\d\d\b",
    DATE,
    r"\d{1,2} ?(?:" + MONTHS + r")(?: ?\d{2}(?:\d\d)?)?(?=\s)",
    r"\d{4}(?=\s)",
    r"\d{3}(?= pos )",
)
_OWN = (
    r"(?:ab|au|ca|de|ie|nz|se|us|bank|inc|uk|usa|checkout|shop|property|ltd|limited|plc|gmbh|pay|payments?|financial|finance|services?|card|order|app|one|com|fee|late"
    r"|instal\w*|pty|australia|deutschland|sverige|bill|auto|hotel|restaurant|\d+)\b"
)
"""What follows where the processor itself is meant."""
_PROCESSORS = (
    r"(?:c|s2s|sq|sqr|squ|square|tst|paypal|pp|ppl|pyp|sp|iz|zettle_?|izettle|sumup|yoco|ikhokha|ikh?|zapper\d?|payfast|peach"
    r"|wpy|py|fsp|in|evb|ezi|apl|int\*in|dri|fs|2co|2checkout(?:\.com)?|stripe|klarna|clearpay|afterpay|affirm|sezzle"
    r"|zilch|adyen|mollie|worldpay|gosq|ppro|nyx|nya|nayax|ctlp|cpi|usa|cko|wl|sqsp|sz|skr|wav|ic|dd|fh|bt|cke|par|slice"
    r"|ezc|bkg|bb|crv|tyl|dojo|clv|clover|toast|phr|vag|dlo|payu|pyu|vcs|ozow|snapscan|mercadopago|merpago|ls|mol|ccv"
    r"|lsp|phx|mpi|mip|dnh|stk|plv|ncx|wly|lvd) ?\*+",
    r"google ?\*(?= ?(?:youtube|yt|google))",
    r"(?:yoco|snapscan|zettle|sumup|iz)(?= (?!plus\b|services?\b|fees?\b|payments?\b|limited\b|ltd\b)[a-z])",
    r"sp(?= (?!plus\b|ausnet\b|services?\b|energy|manweb|networks?\b|group\b|global\b|transmission)[a-z])",
    r"paypal(?= (?!inst|trans|xfer|credit|payment)[a-z]| \d{1,4} ?(?!usd|eur|gbp|cad|plazos|rate|fois)[a-z]{2})",
    r"sq(?= (?!capital|payroll|cash|loan|invoice|inc\b)[a-z]{3})",
    r"dnh(?= [a-z]{3})",
    r"stk(?= (?:bigstock|shutterstock))",
    r"eb(?= (?!games\b|horsman\b|brands?\b)[a-z0-9]\S* [a-z])",
    r"(?:wp|nochex\.?)-(?=[a-z0-9]{2})",
    r"nochex[. ]+(?=[a-z]{3})",
    r"3c_(?:ecp[ -]*)?(?=[a-z]{3})",
    r"upt(?: -)? (?=(?!print\b)[a-z]{3})",
    r"(?:klarna|clearpay|vesta)(?= (?!" + _OWN + r")[a-z0-9])",
)
_spacers = re.compile("(?:" + "|".join(_FILLERS) + ")*+").match
"""Possessive: what it took it keeps, so that no line makes the search try the ways to split a run of fillers."""
_processor = re.compile("(?:" + "|".join(_PROCESSORS) + r")\s*").match
_first_word = re.compile(r"[a-z0-9]+").match


def _by_first_word() -> Iterator[tuple[str, re.Pattern[str]]]:
    rests: dict[str, list[str]] = {}
    for words, rest in _BANK_WORDS:
        for word in words.split():
            rests.setdefault(word, []).append(f"(?:{rest})")
    for word, several in rests.items():
        yield word, re.compile(f"{word}(?:{'|'.join(several)})(?![a-z])")


_WRAPPERS: Mapping[str, re.Pattern[str]] = dict(_by_first_word())
_PROCESSOR_WORDS = frozenset(re.findall(r"[a-z0-9]+", _PROCESSORS[0])) | frozenset(
    ("google", "izettle", "eb", "wp", "nochex", "upt", "vesta")
)


def without_front(text: str) -> str:
    """Cut wrappers and processors in front of the merchant, as often as they stand there.

    >>> without_front("pos purchase 0412 sq *blue door")
    'blue door'

    Args:
        text: A folded line.
    """
    if text.endswith(_EBAY) and text.startswith("paypal"):
        text = text[: -len(_EBAY)]
    front = _FRONT.match(text) if text[:1] in _FRONT_LETTERS or text[:3] == _GLUED else None
    start = front.end() if front else 0
    while start < len(text):
        place = start if text[start].isalpha() else _end(_spacers(text, start), start)
        first = _first_word(text, place)
        if first is None:
            break
        found = _WRAPPERS[first[0]].match(text, place) if first[0] in _WRAPPERS else None
        if found is not None:
            start = _end(_spacers(text, found.end()), found.end())
            continue
        cut = (
            _processor(text, start)
            if first.start() == start and (first[0] == "3c" or first[0].rstrip("0123456789") in _PROCESSOR_WORDS)
            else None
        )
        if cut is None:
            break
        start = cut.end()
    return text[start:] if start else text


def _end(match: re.Match[str] | None, otherwise: int) -> int:
    return match.end() if match else otherwise


_FRONT = re.compile(
    r"(?:\[[a-z]{2}\] ?|\){2,3} ?|\d{4} \d\d[a-z]{3}\d\d (?:[cd] )?|v\d{4} \d\d/\d\d )(?=[a-z])"
    r"|(?:amz(?!n?(?:[\W\d]|$)|n?(?:(?:mk?tp?\w*|digital|prime|retail|com|uk|eu|us)(?:\W|$))|on\b)(?=\w{3}))+"
)
"""Marks and dates that only certain banks print, and Amazon's mark glued to the name of a seller."""
_GLUED = "amz"
_EBAY = " eb"
"""Ends a line of PayPal whose seller is on eBay."""
_FRONT_LETTERS = frozenset("[)v0123456789")


_FIELDS = tuple(
    (token, re.compile(pattern))
    for token, pattern in (
        ("orig co name:", r"orig co name: ?(.+?) (?:orig id|co entry descr|desc date|sec|trace)\b"),
        ("des:", r"paypal des:inst xfer id:(?=[a-z .]{3})([a-z0-9 .]+?) indn:"),
        ("des:", r"^(.+?) des:"),
        ("co:", r"\bco: ?(.+?)(?: (?:name|entry|ach|data|type|id|sec):|$)"),
        ("/name/", r"/name/ ?([^/]+)"),
        ("naam:", r"\bnaam: ?(.+?) (?:omschrijving|iban|kenmerk|machtiging|incassant|pasvolgnr)\b"),
        ("company name:", r"\bcompany name: ?(.+?)(?: [a-z ]+:|$)"),
        ("merchant:", r"\bmerchant: ?(.+?)(?: [a-z ]+:|$)"),
    )
)
"""Fields of clearing houses; the first group is the company."""


def named_company(text: str) -> str:
    """The company that a line of fields names, or the line.

    >>> named_company("orig co name:acme power orig id:912 co entry descr:bill sec:web")
    'acme power'
    """
    for token, pattern in _FIELDS:
        if token in text and (found := pattern.search(text)):
            return found[1]
    return text
