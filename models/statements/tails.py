"""Cuts what follows the subject of a line: fees that an amount includes, exchange rates, how a card was read."""

import re

from models.statements.searching import any_of
from models.statements.wrapping import TABLES

_TAILS = tuple((token, re.compile(TABLES.filled(tail.then))) for tail in TABLES.tail for token in tail.tokens)
_has_token = any_of(token for token, _ in _TAILS)
_NO_SUBJECT = frozenset(TABLES.no_subject)
_word = re.compile(r"[^\W\d_]{2,}").findall
_SEPARATORS = " ,;:-/(*"


def without_tail(statement: str) -> str:
    """Cut the tails that follow a subject; a line that is nothing but one stays.

    >>> without_tail("netflix.com amsterdam nld foreign currency fee included 0.35")
    'netflix.com amsterdam nld'
    >>> without_tail("foreign currency fee included 0.35")
    'foreign currency fee included 0.35'

    Args:
        statement: `models.statements.normalise.statement_text` of a description.
    """
    # Most lines have none of the tokens.
    if not _has_token(statement):
        return statement
    for token, pattern in _TAILS:
        if token in statement and (found := pattern.search(statement)):
            subject = statement[: found.start()].rstrip(_SEPARATORS)
            if _names_subject(subject):
                # What stood behind it may have hidden another one.
                return without_tail(subject)
    return statement


def _names_subject(text: str) -> bool:
    """Tell whether a word says more than that a card, an account or a country was used."""
    return any(word not in _NO_SUBJECT for word in _word(text))
