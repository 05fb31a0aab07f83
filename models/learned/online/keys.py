"""Keys of a line: under what something is learned of it, and under what it is found again."""

import hashlib
from typing import Literal, NamedTuple

Flow = Literal["in", "out"]
"""Direction of money, as `models.voters.grammar.Flow` has it."""

MerchantKey = tuple[Flow, str]
"""Direction of money and the merchant's key: what people correct about purchases says nothing about refunds."""

FamilyKey = tuple[Flow, tuple[str, ...]]
"""Direction of money and the tokens with which a family's names begin."""

AccountKey = tuple[str, Flow, str]
"""Token of an account (`account_token`), direction of money and a merchant's key, or the token of a person's name."""

_SIZE = 16
"""Bytes of a token."""


class LineKeys(NamedTuple):
    """Keys of one line, from `models.decisions.line_keys`.

    Args:
        merchant: Key of the merchant; None where the line names nobody, or a private person.
        family: Tokens of the merchant's text, first to last; empty where it names nobody, or a private person.
        flow: Direction of money.
        text: Text of the merchant for a model of texts, private people's names hidden; may be empty.
        private: Reduced text of a line that names a private person; None where it names none. It is used for one
            account only, and kept as a token.
    """

    merchant: str | None
    family: tuple[str, ...]
    flow: Flow
    text: str
    private: str | None = None


def account_token(account_id: str, secret: bytes) -> str:
    """What stands for an account in what is learned: 32 hex digits, a keyed hash (BLAKE2b).

    Args:
        secret: Up to 64 bytes; the same for the learner and all workers.
    """
    return hashlib.blake2b(account_id.encode(), digest_size=_SIZE, key=secret, person=b"account").hexdigest()


def subject_of(keys: LineKeys, account_id: str, secret: bytes) -> str | None:
    """Under what one account remembers a line: the merchant's key, or a token of a private person's name.

    The token differs from account to account, so that nobody can tell that two of them pay the same person.
    """
    if keys.merchant is not None:
        return keys.merchant
    if not keys.private:
        return None
    content = f"{account_id}\0{keys.private}".encode()
    return "~" + hashlib.blake2b(content, digest_size=_SIZE, key=secret, person=b"private").hexdigest()
