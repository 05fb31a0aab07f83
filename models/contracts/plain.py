"""Quick reading of plain transactions, in front of the strict parser; what is not plain is left to that.

Nearly every message is plain: one object of the contract's own fields, each value of a usual form. Of those msgspec
gives what the strict parser gives, in a tenth of its time, but for one rule that it does not know:

- **No key twice, and none unknown.** Each quotation mark opens or closes a string, or is escaped within one. So there
  are twice as many as there are keys and strings among the values, and more wherever there is a key more.

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


def plain_transaction(raw: bytes) -> Transaction | None:
    """Read a transaction if it is plain.

    Args:
        raw: Not longer than a message may be.

    Returns:
        What the strict parser gives, or None where only that can tell: the message is not plain, or not right.
    """
    try:
        message = _decode(raw)
        return _read(message, raw.count(_QUOTE))
    # Of msgspec and of the readers, whose errors are ValueErrors; of exponents that no decimal holds; of nesting.
    except (ValueError, ArithmeticError, RecursionError):
        return None


def _read(message: _Message, quotes: int) -> Transaction | None:
    """The event, by what the readers of `models.contracts.fields` do; of the usual forms without calling them."""
    identifier, account, currency = message.transaction_id, message.account_id, message.currency
    description, amount, timestamp = message.description, message.amount, message.timestamp
    expected = _LEAST
    if type(amount) is str and _CENTS(amount):
        expected += 2
        amount = Decimal(amount) or _ZERO  # whose sign is dropped
    else:
        expected += 2 * isinstance(amount, str)
        amount = read_amount(amount)
    mcc = counterparty = channel = None
    if message.mcc is not UNSET:
        expected += 2 if message.mcc is None else 4
        mcc = read_mcc(message.mcc)
    if message.counterparty is not UNSET:
        expected += 2 if message.counterparty is None else 4
        counterparty = _counterparty(message.counterparty)
    if message.channel is not UNSET:
        expected += 2 if message.channel is None else 4
        channel = _channel(message.channel)
    if message.schema_version is not UNSET:
        expected += 4
    if (timestamp[4::3] == "--T::Z" and len(timestamp) == 20) or _SEPARATED(timestamp):
        moment = _moment(timestamp)
    else:
        moment = read_timestamp(timestamp)
    if description.isascii() and description.isprintable():
        description = " ".join(description.split())
    else:
        description = read_description(description)
    if (
        quotes != expected
        or not (identifier.isprintable() and account.isprintable())
        or identifier[0] == " "  # which may be all that there is
        or account[0] == " "
        or currency not in currencies()
        or not 1 < moment.year < 9999
        or not description
    ):
        return None
    return of_checked(
        Transaction,
        {
            "transaction_id": identifier,
            "account_id": account,
            "description": description,
            "amount": amount,
            "currency": currency,
            "timestamp": moment,
            "mcc": mcc,
            "counterparty": counterparty,
            "channel": channel,
            "schema_version": SCHEMA_VERSION,
        },
    )
