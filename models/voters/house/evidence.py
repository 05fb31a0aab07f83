"""What the vote of a house rule says for its evidence, written and read in one place."""

import re
from typing import NamedTuple

_said = re.compile(r"rule (\S+) \(version (\S+)\)").fullmatch


class Decisive(NamedTuple):
    """The rule that decided.

    Args:
        rule: Its id.
        version: Of the rules that it was one of.
    """

    rule: str
    version: str


def evidence_of(decisive: Decisive) -> str:
    """The evidence.

    >>> evidence_of(Decisive("R-12", "0a1b2c3d4e5f"))
    'rule R-12 (version 0a1b2c3d4e5f)'
    """
    return f"rule {decisive.rule} (version {decisive.version})"


def decisive_in(evidence: str) -> Decisive | None:
    """The rule that an evidence names; None where it names none.

    >>> decisive_in("rule R-12 (version 0a1b2c3d4e5f)")
    Decisive(rule='R-12', version='0a1b2c3d4e5f')
    """
    found = _said(evidence)
    return Decisive(found[1], found[2]) if found else None
