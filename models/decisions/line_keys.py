"""Keys of a line for what people's corrections teach, of a transaction and of a correction, worked out alike."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from models.contracts.corrections import About, Correction
from models.contracts.events import SCHEMA_VERSION, Transaction, of_checked
from models.contracts.fields import MERCHANT_LIMIT
from models.decisions.naming import NOBODY, Merchant
from models.gazetteer.keys import tokens_of
from models.learned.memory import memory_key
from models.learned.online.keys import Flow, LineKeys
from models.statements.masking import mask
from models.statements.normalise import merchant_text, statement_text
from models.voters.channels import Channels
from models.voters.cues import Cues
from models.voters.line import Line, key_of
from models.voters.parties import has_trade, names_firm
from models.voters.people import People, Trust

_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing in a line's keys depends on the time."""

_NO_CURRENCY = "XXX"
"""ISO 4217 for none: of a merchant that is named without its transaction."""

_titled = re.compile(
    r"(?:mr|mrs|ms|miss|mx|dr|herr|frau|mme|mlle|monsieur|madame|sr|sra|sig|dhr|mevr|pan|pani)\b\.? \w"
).match


def line_keys(line: Line, merchant: Merchant = NOBODY) -> LineKeys:
    """The keys of a line.

    A merchant without a name of its own is known by its text: not where that is a private person's, or only says how
    money moved, as then it is the same for whatever it was for. One account may remember those, too.

    Args:
        merchant: Who it names, as `models.decisions.naming.Namer` has it.
    """
    flow: Flow = "in" if line.credit else "out"
    key = merchant.key or _key_of_text(line)
    if key is None:
        return LineKeys(None, (), flow, "", memory_key(_whole(line))[:MERCHANT_LIMIT] or None)
    return LineKeys(key, tuple(line.tokens), flow, line.compared)


def _key_of_text(line: Line) -> str | None:
    if _names_no_firm(line):
        return None
    text = line.merchant
    # What identifies an account is nobody else's business.
    if not text or mask(text) != text:
        return None
    # Words of forms alone name nobody, unless the bank says by them what the money was for.
    if line.rule is None and People.shipped().is_form(text):
        return None
    return None if _is_person(line, text) else memory_key(text)[:MERCHANT_LIMIT] or None


def _names_no_firm(line: Line) -> bool:
    """Tell whether a line names a private person, or only says how money moved."""
    if line.firm:
        return False
    return line.names_person or (line.rule is not None and line.rule.label in Channels.shipped().moved)


def _keys_of_name(name: str) -> LineKeys | None:
    """The keys of a merchant that is named without its transaction; None where others may not know the name.

    Nothing says which way money went: corrections mostly are about money out.
    """
    line, text = Line(name, _NO_CURRENCY, None, 0), statement_text(name)
    if mask(text) != text or _names_no_firm(line) or _is_person(line, text):
        return None
    # As decisions have it, whose own key stays what it is.
    key = "".join(tokens_of(text))[:MERCHANT_LIMIT]
    return LineKeys(key, (), "out", "") if key else None


def _is_person(line: Line, text: str) -> bool:
    """Tell whether a text may be a private person's name, with nothing in it that speaks of a firm."""
    if line.firm or has_trade(line.tokens, surely=0) or names_firm(text, line.currency):
        return False
    return bool(_titled(line.statement)) or People.shipped().is_person(text, line.currency, Trust.MIXED)


def _whole(line: Line) -> str:
    """What the line names, with the other side, which may be a private person."""
    return f"{merchant_text(line.description)} {line.counterparty}"


def trade_of(tokens: Sequence[str]) -> str | None:
    """The category of the trade that a word among some tells; None where none does.

    >>> trade_of(["north", "cafe"]), trade_of(["north"])
    ('food_dining', None)
    """
    cue = Cues.shipped().find(list(tokens))
    return None if cue is None else cue.category


class Finder(Protocol):
    """What names merchants: `models.decisions.ensemble.Ensemble`."""

    def merchants(self, transactions: Sequence[Transaction]) -> list[Merchant]:
        """Who each transaction names, in order."""
        ...


class CorrectionKeys:
    """Keys of the lines that corrections are about, the same as a worker has of them.

    Args:
        finder: Names merchants; the workers' ensemble.
    """

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        # By identity, with what is identified, so that no other takes its place.
        self._prepared: dict[int, tuple[About, LineKeys]] = {}

    def prepare(self, corrections: Iterable[Correction]) -> None:
        """Look at several together, which is quicker than one by one; they are remembered until the next are."""
        abouts = [correction.about for correction in corrections if correction.about is not None]
        transactions = list(map(transaction_of, abouts))
        merchants = self._finder.merchants(transactions)
        self._prepared = {
            id(about): (about, line_keys(Line(*key_of(transaction)), merchant))
            for about, transaction, merchant in zip(abouts, transactions, merchants, strict=True)
        }

    def __call__(self, correction: Correction) -> LineKeys | None:
        """The keys of a correction; by the merchant named in `answers` where the transaction is not told, else None."""
        about, answers = correction.about, correction.answers
        if about is not None:
            if (prepared := self._prepared.get(id(about))) is not None:
                return prepared[1]
            transaction = transaction_of(about)
            (merchant,) = self._finder.merchants([transaction])
            return line_keys(Line(*key_of(transaction)), merchant)
        if answers is None or not answers.merchant_key:
            return None
        return _keys_of_name(answers.merchant_key)


def transaction_of(about: About) -> Transaction:
    """A transaction with the line of what a correction is about; its ids and its time are stand-ins."""
    values = {
        "transaction_id": "-",
        "account_id": "-",
        "description": about.description,
        "amount": about.amount,
        "currency": about.currency,
        "timestamp": _NO_TIME,
        "mcc": about.mcc,
        "counterparty": about.counterparty,
        "channel": about.channel,
        "schema_version": SCHEMA_VERSION,
    }
    return of_checked(Transaction, values)
