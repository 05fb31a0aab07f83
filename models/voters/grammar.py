r"""The bank's own words as data: what a statement line says by itself, before any merchant is looked for.

The first rule that matches decides, so order is meaning: a fee for a cash withdrawal is a fee, interest on a loan is
interest. Dialects: USA, Canada, United Kingdom, South Africa; some words of German, French, Spanish, Dutch, Italian
and Afrikaans. Lines that only wrap a merchant (direct debit, standing order, card purchase) have no rule: they say
how money moved, not what for. Texts are what `statement_text` gave.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Flow(StrEnum):
    """Direction of money, from the sign of the amount."""

    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class GrammarRule:
    """One pattern of the bank's language.

    Args:
        label: Names the rule in evidence.
        pattern: Searched in the folded statement text.
        category: What the line is then.
        confidence: How sure the rule is.
        flow: Only for this direction; None for both.
    """

    label: str
    pattern: re.Pattern[str]
    category: str
    confidence: float
    flow: Flow | None = None


def _rule(label: str, category: str, confidence: float, pattern: str, flow: Flow | None = None) -> GrammarRule:
    return GrammarRule(label, re.compile(pattern), category, confidence, flow)


_FEE_OF = (
    r"\b(?:accounts?|acct|admin\w*|monthly|service|svc|maint\w*|bank|atm|withdrawal|overdraft|od|nsf|insufficient funds"
    r"|returned?|transaction|trans|processing|notification|payment|pymt|transfer|tfr|wire|late|annual"
    r"|foreign|international"
    r"|intl|exchange|card|statement|debicheck|authentication|domestic|deposit|dishonou?r|interac|cash"
    r"|paper|unpaid|cheque"
    r"|check|minimum balance|inactivity|overlimit|replacement|stop payment|conversion|credit|purchase"
    r"|management|plan|sms"
    r"|debit order|dispute|ledger)"
)
_SCHOOL = r"\b(?:school|tuition|college|universit\w+|course|exam|student)\b"
_LENDERS_PAY = r"(?:payment|pmt|pymt|repay\w*|pay|debit|deduction|instal?l?ments?|inst)\b"
_CARDS = (
    r"(?:credit ?card|creditcard|crcard\w*|cr card|crd|visa|mastercard|amex|american express|discover|barclaycard|citi)"
)
_MOVES = r"(?:transfers?|transf|xfer|trf|tfr|trsf)\b"

RULES: tuple[GrammarRule, ...] = (
    _rule("school fees", "education", 0.85, _SCHOOL + r".{0,20}\bfees?\b|\btuition\b|\bskoolgeld\b"),
    _rule("fee reversed", "loans_fees", 0.8, r"\bfees? (?:rebate|revers\w+|refund\w*|waive\w*)|\brefund.{0,12} fee\b"),
    _rule(
        "insufficient funds", "loans_fees", 0.95, r"\bnsf\b|\b(?:non|in) ?-?sufficient funds|\bitem unpaid|\bno funds\b"
    ),
    _rule("bank fee", "loans_fees", 0.95, _FEE_OF + r"\s+(?:[\w/-]+\s+){0,3}(?:fees?|fee[-\d.]\S*|charges?)(?![a-z])"),
    _rule(
        "bank fee",
        "loans_fees",
        0.9,
        r"^#?(?:service|bank|admin|monthly|account|overdraft)[\w /-]* (?:fees?|charges?)\b",
    ),
    _rule(
        "bank fee",
        "loans_fees",
        0.85,
        r"\boverdraft (?:item|protection|interest|paid)|kontofuhrung|bankkoste|frais bancaires",
    ),
    _rule("interest charged", "loans_fees", 0.9, r"\binterest (?:charge\w*|on debit|debit)|\bfinance charge", Flow.OUT),
    _rule("interest sweep", "transfers_cash", 0.7, r"\binterest sweep\b"),
    _rule(
        "interest",
        "income",
        0.9,
        r"\b(?:interest|int (?:paid|earned|rebate|on credit)|zinsen|interets|rente)\b",
        Flow.IN,
    ),
    _rule("interest", "loans_fees", 0.75, r"\b(?:interest|int on|sollzinsen|debetrente)\b(?! group)", Flow.OUT),
    _rule(
        "mortgage",
        "housing",
        0.92,
        r"\bmortgages?\b|\bmtg\b|\bhome ?loan|\bbond repay|\bhypothe\w+|\bhipoteca|\bverband\b",
    ),
    _rule("tax preparation", "professional_services", 0.8, r"\btax (?:prep\w*|services?|advis\w+|return service)"),
    _rule(
        "tax authority",
        "government_taxes",
        0.92,
        r"\birs\b|\busataxpymt|\bhmrc\b|\brevenue (?:agency|canada|service)\b|\breceiver general"
        r"|\bsars\b(?! cov)|\bfinanzamt"
        r"|\bdgfip\b|\bbelastingdienst|\bimpots?\b|\bhacienda\b|\bagenzia (?:delle )?entrate",
    ),
    _rule(
        "tax",
        "government_taxes",
        0.9,
        r"\b(?:property|council|income|franchise|school|vehicle|road|self assessment) tax",
    ),
    _rule(
        "tax", "government_taxes", 0.85, r"\btax(?:es)? (?:payment|pmt|pymt|bill|due|refund)\b|\bsteuer\b|\bbelasting\b"
    ),
    _rule(
        "pay",
        "income",
        0.95,
        r"\b(?:payroll|salary|salaris|wages?|dir(?:ect)? ?-?dep\w*|gehalt|lohn|salaire|nomina|stipendio|loon"
        r"|pension|pensioen)\b",
        Flow.IN,
    ),
    _rule(
        "pay",
        "income",
        0.6,
        r"\b(?:payroll|salary|salaris|gehalt|nomina)\b(?! (?:finance|services|software))",
        Flow.OUT,
    ),
    _rule(
        "benefits",
        "income",
        0.92,
        r"\b(?:ssa treas|soc(?:ial)? sec\w*|ssi treas|unemployment|universal credit|dwp|child benefit"
        r"|child tax|canada child"
        r"|old age security|employment insurance|sassa|uif|va benef\w*|kindergeld|bourse|veterans? (?:affairs"
        r"|benefits?))\b",
        Flow.IN,
    ),
    _rule("dividend", "income", 0.92, r"\bdividends?\b|\bdividende?\b", Flow.IN),
    _rule("lottery", "entertainment", 0.85, r"\b(?:powerball|lotto|lottery|lottomax|euromillions)\b"),
    _rule("winnings", "income", 0.6, r"\bwinnings?\b", Flow.IN),
    _rule(
        "loan payment",
        "loans_fees",
        0.88,
        r"\b(?:student|auto|car|personal|payday|vehicle|study)[ -]?(?:loans?|ln)\b|\bdept of ed\w*"
        r"|\bkredit(?:rate)?\b|\blening\b"
        r"|\bloans? " + _LENDERS_PAY + r"|\bloan\b.{0,24}" + _LENDERS_PAY + r"|\bcapitec loan|\blease pmt\b",
    ),
    _rule("loan", "loans_fees", 0.7, r"\bloans?\b"),
    _rule(
        "card payment",
        "transfers_cash",
        0.9,
        r"\bpayment(?: received)?[ ,-]*thank ?you\b|\b(?:auto|e)-?pay(?:ment)?[ -]*thank|\bcrcardpmt|\b"
        + _CARDS
        + r"(?: bank)?[ -](?:auto|online|web|e-?|bill|card)?[ -]?(?:payment|pmt|pymt|autopay|epay)\b(?! (?:to|at)\b)",
    ),
    _rule(
        "rent",
        "housing",
        0.9,
        r"^rent\b(?! ?-?a\b| all\b)|(?<!for )(?<!a )\brent$|\b(?:monthly|house|apartment|flat|room"
        r"|pay) rent\b|\blandlord"
        r"|\brent(?:al)? (?:payment|pmt|pymt|due)\b|\blettings?\b|\bmiete\b|\bhuur\b|\bloyers?\b|\balquiler\b"
        r"|\baffitto\b",
    ),
    _rule(
        "property management", "housing", 0.75, r"\bproperty (?:management|mgmt|mgt)|\bapartments?\b|\bbody corporate\b"
    ),
    _rule(
        "premium",
        "insurance",
        0.92,
        r"\b(?:insurance|ins|life|policy) (?:premium|prem|pmt|pymt)\b|\bassurances?\b|\bpremium ins",
    ),
    _rule(
        "insurance",
        "insurance",
        0.85,
        r"\binsurance\b|\bversicherung|\bverzekering|\bseguros?\b|\bassicuraz|\bversekering",
    ),
    _rule(
        "airtime and power",
        "utilities_telecom",
        0.9,
        r"\bairtime\b|\bprepaid (?:elec\w*|mobile|data|purchase)\b"
        r"|\bdata bundle",
    ),
    _rule("fuel purchase", "fuel", 0.93, r"^fuel purchase\b"),
    _rule("donation", "charity_donations", 0.85, r"\bdonations?\b|\btithes?\b|\bspende\b|\bdonativo\b"),
    _rule("state document", "government_taxes", 0.85, r"\btv licen[cs]e|\bpassport\b(?! photo)"),
    _rule(
        "cash machine",
        "transfers_cash",
        0.95,
        r"\b(?:atm|abm)\b(?! fee)|\bcash ?(?:withdrawal|wdl|wthdrl|w/d|machine|advance|deposit)|\bgeldautomat"
        r"|\bretrait\b"
        r"|\bcajero\b|\bprelievo\b|\bgeldautomaat|\bgeldopname|\bkontantonttrekking|\bbargeld",
    ),
    _rule(
        "cheque",
        "transfers_cash",
        0.55,
        r"^(?:check|cheque)(?: paid)?(?: ?#? ?(?:\d+|x+))?$|\bmobile deposit\b|\bcheque deposit",
    ),
    _rule(
        "between people",
        "transfers_cash",
        0.92,
        r"\bzelle\b|\bvenmo\b|\bcash app\b|\bsqc ?\*|\be-?transfer\b|\betrnsfr\b|\bsend money\b"
        r"|\binterac e-?t|\bpaypal (?:inst|trans)"
        r"|\bewallet\b|\bpay ?shap\b|\brtc pmt\b|\bapple cash\b|\bwestern union\b|\bmoney transfer?\b|\bmoney ?gram\b",
    ),
    _rule(
        "transfer",
        "transfers_cash",
        0.88,
        r"\bfaster payments?\b|\bfp[io]\b|\bbacs\b|\bchaps\b|\b(?:internal|online|bank|account|acct|savings?"
        r"|inter ?account|book) "
        + _MOVES
        + r"|\b"
        + _MOVES
        + r"(?: (?:to|from|in|out|between)\b|$)|^"
        + _MOVES
        + r"|\bwire (?:in|out|type)|\buberweisung|\bvirement\b|\btransferencia\b|\bbonifico\b|\boverboeking"
        r"|\boorplasing",
    ),
    _rule(
        "transfer",
        "transfers_cash",
        0.7,
        r"\bpayment received\b|\brealtime credit\b|\bacb credit\b|\bcredit transfer\b",
        Flow.IN,
    ),
    _rule(
        "savings",
        "transfers_cash",
        0.7,
        r"\b(?:to|from) (?:savings?|checking|chequing|current)\b|\bsavings? (?:deposit|pocket)|\bbyc debit",
    ),
    _rule(
        "payment in an app",
        "transfers_cash",
        0.5,
        r"\bapp payment\b|\bib payment to\b|\bimmediate payment\b"
        r"|\binternet pmt to\b",
    ),
)

_TRIGGER = re.compile(
    r"\b(?:fee|charg|nsf|non|insuff|item|funds|no funds|overdraft|kontof|bankk|frais|interest|finance"
    r"|zins|interets|rente"
    r"|int|sollz|debetr|mortg|mtg|home|bond|hypoth|hipot|verband|tax|irs|usatax|hmrc|revenue|receiver|sars|finanz|dgfip"
    r"|belasting|impot|hacienda|agenzia|steuer|payroll|salar|wage|dir|gehalt|lohn|nomina|stipend|loon|pensi|ssa|soc|ssi"
    r"|unemploy|universal|dwp|child|canada child|old age|employment|sassa|uif|va |kindergeld|bourse"
    r"|veteran|divid|winning"
    r"|loan|kredit|lening|lease|dept|thank|auto-?pay|e-?pay|crcard|pmt|pymt|payment|pay|rent|landlord"
    r"|letting|miete|huur"
    r"|loyer|alquil|affitto|property|apartm|body|premium|prem|assur|insur|versich|verzek|seguro|assicur|versek|airtime"
    r"|prepaid|data|fuel|powerball|lott|euromill|donati|tithe|spende|tv|passport|atm|abm|cash|geld"
    r"|retrait|cajero|prelievo"
    r"|kontant|bargeld|check|cheque|mobile|zelle|venmo|sqc|e-?transfer|etrnsfr|send|interac|ewallet|rtc"
    r"|apple|western|money"
    r"|faster|fp[io]|bacs|chaps|trans|xfer|trf|tfr|trsf|wire|uberw|virement|bonifico|overboek|oorplas"
    r"|realtime|acb|credit"
    r"|saving|to|from|byc|internet|tuition|skool)"
)
"""How a word of every rule begins. Most lines have none of these, and one search says so."""


@lru_cache(maxsize=8192)
def match_grammar(text: str, flow: Flow) -> GrammarRule | None:
    """Find the first rule that a statement line matches.

    >>> match_grammar("atm cash withdrawal fee", Flow.OUT).label
    'bank fee'
    >>> match_grammar("interest paid", Flow.IN).category
    'income'

    Args:
        text: What `statement_text` gave.
        flow: Direction of the money.

    Returns:
        The rule, or None where the line does not speak the bank's language.
    """
    return match_rules(text, flow) if _TRIGGER.search(text) else None


def match_rules(text: str, flow: Flow) -> GrammarRule | None:
    """The same without the short cut for lines that have no word of the grammar."""
    fitting = (rule for rule in RULES if rule.flow in (None, flow))
    return next((rule for rule in fitting if rule.pattern.search(text)), None)
