"""Quick reading of plain transactions, in front of the strict parser; what is not plain is left to that.

Nearly every message is plain: one object without another in it, each value of a usual form. Of those msgspec
gives what the strict parser gives, in a tenth of its time, but for one rule that it does not know:

- **No key twice.** Each quotation mark opens or closes a string, or is escaped within one. So there are twice as many
  as there are keys and strings among the values, and more wherever a key comes again. Unknown fields show in the same
  way; a message that has some is decoded once more, so that they are accounted for.

Nothing is refused here, so that there is one place that says why.
"""

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.json import Decoder

from models.contracts.events import SCHEMA_VERSION, Transaction, of_checked
from models.contracts.fields import (
    CHANNEL_LIMIT,
    COUNTERPARTY_LIMIT,
    DESCRIPTION_LIMIT,
    IDENTIFIER_LIMIT,
    NUMBER_LIMIT,
    currencies,
    optional_text,
    read_amount,
    read_description,
    read_mcc,
    read_timestamp,
)

_Identifier = Annotated[str, Meta(min_length=1, max_length=IDENTIFIER_LIMIT)]
_Optional = str | None | UnsetType


class _Message(Struct, gc=False):
    """A transaction as JSON has it."""

    transaction_id: _Identifier
    account_id: _Identifier
    description: Annotated[str, Meta(max_length=DESCRIPTION_LIMIT)]
    amount: Any
    currency: str
    timestamp: str
    mcc: _Optional = UNSET
    counterparty: _Optional = UNSET
    channel: _Optional = UNSET
    schema_version: Literal["1"] | UnsetType = UNSET


_LEAST: Final = 2 * (6 + 5)
"""Quotation marks of the six fields that are always there, of which the amount need not be a string."""

_KNOWN: Final = frozenset(Transaction.model_fields)
_LONGEST: Final = 10 ** (NUMBER_LIMIT - 1)
"""Integers below it, on either side of zero, are no longer than a number may be."""

_QUOTE: Final = ord('"')
_moment = datetime.fromisoformat
_SEPARATED = re.compile(r"....-..-..[T ]..:..:..(?:\.[0-9]{1,9})?(?:Z|[+-]..:..)").fullmatch
"""RFC 3339 but for the digits, which `fromisoformat` looks at itself; where separators stand it takes more."""

_CENTS = re.compile(r"-?[0-9]{1,12}\.[0-9]{2}").fullmatch
_ZERO = Decimal("0.00")
_counterparty, _channel = optional_text(COUNTERPARTY_LIMIT).read, optional_text(CHANNEL_LIMIT).read


def _decimal(digits: str) -> Decimal:
    if len(digits) > NUMBER_LIMIT:
        raise ValueError  # the strict parser says of which field
    return Decimal(digits)


_decode = Decoder(_Message, float_hook=_decimal).decode
_decode_all = Decoder(dict[str, Any], float_hook=_decimal).decode


def plain_transaction(raw: bytes) -> tuple[Transaction, int] | None:
    """Read a transaction if it is plain.

    Args:
        raw: Not longer than a message may be.

    Returns:
        What the strict parser gives, or None where only that can tell: the message is not plain, or not right.
    """
    try:
        message = _decode(raw)
        quotes = raw.count(_QUOTE)
        unknown = 0 if quotes == _quotes(message) else _unknown(raw, quotes)
        if unknown is None:
            return None
        event = _read(message)
        return None if event is None else (event, unknown)
    # Of msgspec and of the readers, whose errors are ValueErrors; of exponents that no decimal holds; of nesting.
    except (ValueError, ArithmeticError, RecursionError):
        return None


def _quotes(message: _Message) -> int:
    """The number of quotation marks where no key comes twice, none is unknown and no text has one itself."""
    count = _LEAST
    if type(message.amount) is str:
        count += 2
    for value in (message.mcc, message.counterparty, message.channel, message.schema_version):
        if value is None:
            count += 2
        elif value is not UNSET:
            count += 4
    return count


def _unknown(raw: bytes, quotes: int) -> int | None:
    """Number of the fields that are not the contract's, where no key comes twice and each value is a plain one."""
    if b"\\" in raw:
        return None
    fields = _decode_all(raw)
    strings = len(fields)
    for value in fields.values():
        kind = type(value)
        if kind is str:
            strings += 1
        # The keys of an object may come twice, too. A float is what msgspec makes of an integer too long for it.
        elif kind in (dict, list, float) or (kind is int and not -_LONGEST < value < _LONGEST):
            return None
    return len(fields.keys() - _KNOWN) if quotes == 2 * strings else None


def _read(message: _Message) -> Transaction | None:
    """The event, by what the readers of `models.contracts.fields` do; of the usual forms without calling them."""
    identifier, account, currency = message.transaction_id, message.account_id, message.currency
    description, amount, timestamp = message.description, message.amount, message.timestamp
    if (
        not (identifier.isprintable() and account.isprintable())
        or identifier[0] == " "  # which may be all that there is
        or account[0] == " "
        or currency not in currencies()
    ):
        return None
    # The sign of zero is dropped.
    amount = (Decimal(amount) or _ZERO) if type(amount) is str and _CENTS(amount) else read_amount(amount)
    if (timestamp[4::3] == "--T::Z" and len(timestamp) == 20) or _SEPARATED(timestamp):
        moment = _moment(timestamp)
    else:
        moment = read_timestamp(timestamp)
    if description.isascii() and description.isprintable():
        description = " ".join(description.split())
    else:
        description = read_description(description)
    if not description or not 1 < moment.year < 9999:
        return None
    mcc, counterparty, channel = message.mcc, message.counterparty, message.channel
    return of_checked(
        Transaction,
        {
            "transaction_id": identifier,
            "account_id": account,
            "description": description,
            "amount": amount,
            "currency": currency,
            "timestamp": moment,
            "mcc": read_mcc(mcc) if mcc else None,
            "counterparty": _counterparty(counterparty) if counterparty else None,
            "channel": _channel(channel) if channel else None,
            "schema_version": SCHEMA_VERSION,
        },
    )
