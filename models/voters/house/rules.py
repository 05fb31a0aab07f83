"""All rules of the bank's own: read as a whole or refused as a whole, the first that fits decides."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from models.contracts.events import Transaction
from models.errors import FileError
from models.voters.house.parsing import Parser
from models.voters.house.rule import HouseRule, Look, Sign, look_at
from models.voters.house.sources import FATAL, Entry, Fault, FaultKind, entries
from models.voters.line import LineKey, key_of

MOST = 20_000
"""Rules of the longest file."""

SHOWN = 3
"""Faults that the error for a file names; the check lists all."""


class Candidates(NamedTuple):
    """Rules that may decide on transactions of one line, in their order, at least one.

    Args:
        of_all: Those of them that are for all accounts.
        accounts: Accounts that others are for, or that `groups` has.
        groups: What more of those accounts begin with.
    """

    rules: tuple[HouseRule, ...]
    of_all: tuple[HouseRule, ...]
    accounts: frozenset[str]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was looked at.

    Args:
        rules: Those without a fault of their own, in the order of the file.
        faults: All that was found, in the order of its lines.
    """

    rules: Sequence[HouseRule]
    faults: Sequence[Fault]

    @property
    def usable(self) -> bool:
        """Whether nothing was found for which the file is refused."""
        return all(fault.kind not in FATAL for fault in self.faults)


class HouseRules:
    """Rules in their order, which is their priority.

    Args:
        rules: Sound ones, as `check` gives them.

    Attributes:
        version: Twelve hex digits of the sha256 over what the rules say; "" where there are none.
        hits: How often each rule decided since they were read, by its id.
    """

    def __init__(self, rules: Iterable[HouseRule] = ()) -> None:
        self.rules = tuple(rules)
        self.version = _version(self.rules)
        self.hits: Counter[str] = Counter()
        self._index = _Index(self.rules)
        # What of the broad rules concerns a line follows from two things, and most lines have no other rules.
        self._broad: dict[tuple[str, Sign], _Broad] = {}

    def __len__(self) -> int:
        return len(self.rules)

    def uncounted(self) -> "HouseRules":
        """The same rules, with hits of their own."""
        other = copy(self)
        other.hits = Counter()
        return other

    @classmethod
    def read(cls, source: Path | bytes) -> Self:
        """Read a file of rules.

        Args:
            source: The file, or what it holds: CSV or YAML.

        Raises:
            FileError: It cannot be read, or something in it is wrong; then none of its rules holds.
        """
        checked = check(source)
        if not checked.usable:
            fatal = [fault for fault in checked.faults if fault.kind in FATAL]
            more = f"; and {len(fatal) - SHOWN} more" if len(fatal) > SHOWN else ""
            named = "the rules" if isinstance(source, bytes) else str(source)
            raise FileError(f"{named} cannot be used: {'; '.join(map(str, fatal[:SHOWN]))}{more}")
        return cls(checked.rules)

    def candidates(self, key: LineKey, merchant: str | None) -> Candidates | None:
        """The rules that may decide on transactions of a line; None where there is none.

        Args:
            merchant: `merchant_key` of the line's decisions.
        """
        look, rules = look_at(key, merchant), self.rules
        broad = self._broad.get((look.currency, look.sign)) or self._look_at_broad(look)
        places = self._index.places(look)
        narrow = {place for place in places if rules[place].concerns(look)} if places else None
        if not narrow:
            return broad.candidates
        return _candidates([rules[place] for place in sorted(narrow.union(broad.places))])

    def _look_at_broad(self, look: Look) -> "_Broad":
        places = [place for place in self._index.broad if self.rules[place].concerns(look)]
        found = _Broad(places, _candidates([self.rules[place] for place in places]))
        self._broad[look.currency, look.sign] = found
        return found

    def match(self, transaction: Transaction, merchant: str | None) -> HouseRule | None:
        """The rule that decides on a transaction, or None; it is not counted among the hits.

        Args:
            merchant: `merchant_key` of its decision.
        """
        return first_fit(self.candidates(key_of(transaction), merchant), transaction)


def first_fit(candidates: Candidates | None, transaction: Transaction) -> HouseRule | None:
    """The first of the candidates that fits a transaction."""
    if candidates is None:
        return None
    rules, of_all, accounts, groups = candidates
    account = transaction.account_id
    # Most rules for some accounts only are for few, so that most transactions are done with them by one question.
    if account not in accounts and not account.startswith(groups):
        rules = of_all
    # A loop and no generator: it is asked about each transaction that has candidates.
    for rule in rules:
        if rule.fits(transaction):
            return rule
    return None


class _Broad(NamedTuple):
    """The broad rules that concern lines of one currency and sign: the places of them, and what they are together."""

    places: Sequence[int]
    candidates: Candidates | None


def _candidates(rules: Sequence[HouseRule]) -> Candidates | None:
    """Of rules that concern a line, in their order, those that may decide on its transactions."""
    if not rules:
        return None
    # Nothing behind one that asks no more is ever reached.
    last = next((number for number, rule in enumerate(rules) if rule.is_settled_by_line), len(rules))
    chosen = tuple(rules[: last + 1])
    of_all = tuple(rule for rule in chosen if not rule.of_accounts)
    accounts = frozenset(account for rule in chosen for account in rule.accounts)
    return Candidates(chosen, of_all, accounts, tuple(group for rule in chosen for group in rule.groups))


class _Index:
    """Places of rules by what is looked up of a line: merchant, else the longest word, else code, else nothing.

    Attributes:
        broad: Places of those for which nothing is looked up.
    """

    def __init__(self, rules: Sequence[HouseRule]) -> None:
        self._merchants: defaultdict[str, list[int]] = defaultdict(list)
        self._words: defaultdict[str, list[int]] = defaultdict(list)
        self._codes: defaultdict[str, list[int]] = defaultdict(list)
        self.broad: list[int] = []
        for place, rule in enumerate(rules):
            if rule.merchants:
                for merchant in rule.merchants:
                    self._merchants[merchant].append(place)
            elif rule.phrases:
                # Long words are rarer. The first by name of equally long ones, so that it is the same in every run.
                self._words[max(sorted(rule.words), key=len)].append(place)
            elif rule.codes:
                for code in rule.codes:
                    self._codes[code].append(place)
            else:
                self.broad.append(place)

    def places(self, look: Look) -> list[int]:
        """Places of rules that may concern a line, some of them twice; but for broad ones, no other does."""
        places: list[int] = []
        if look.merchant is not None:
            places += self._merchants.get(look.merchant, ())
        if look.mcc is not None:
            places += self._codes.get(look.mcc, ())
        if self._words:
            for word in self._words.keys() & look.text.split():
                places += self._words[word]
        return places

    def before(self, rule: HouseRule) -> Iterator[int]:
        """Places of rules that may cover a rule: they ask for one of its merchants, words or codes, or none."""
        yield from self.broad
        for index, keys in ((self._merchants, rule.merchants), (self._words, rule.words), (self._codes, rule.codes)):
            for key in keys:
                yield from index.get(key, ())


def check(source: Path | bytes) -> Checked:
    """Look at a file of rules, and say all that is wrong with it.

    Raises:
        FileError: It cannot be read at all.
    """
    content = source if isinstance(source, bytes) else _content(source)
    parser, rules, faults = Parser(), [], []
    names: dict[str, int] = {}
    for entry in entries(content):
        if isinstance(entry, Fault):
            faults.append(entry)
            continue
        rule = parser.rule(entry)
        faults += _repeated(entry, names)
        if rule is not None:
            rules.append(rule)
    faults += parser.faults
    if len(rules) > MOST:
        faults.append(Fault(FaultKind.MALFORMED, rules[MOST].line, None, f"there are more than {MOST:,} rules"))
        rules = rules[:MOST]
    faults += _against_each_other(rules)
    return Checked(tuple(rules), tuple(sorted(faults, key=lambda fault: (fault.line, fault.field or ""))))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from None


def _repeated(entry: Entry, names: dict[str, int]) -> Iterator[Fault]:
    for name in entry.cells.get("id", ()):
        first = names.setdefault(name, entry.line)
        if first != entry.line:
            said = f"the rule in line {first} has this id: give each its own"
            yield Fault(FaultKind.REPEATED_ID, entry.line_of("id"), "id", said, name)


def _against_each_other(rules: Sequence[HouseRule]) -> Iterator[Fault]:
    """Rules that never decide, since another one before them takes all that they could take; and broad ones."""
    index = _Index(rules)
    asked = [json.dumps(rule.conditions) for rule in rules]
    for place in index.broad:
        said = "it is looked at for every transaction: name a text, a merchant or a code, if you can"
        yield Fault(FaultKind.BROAD, rules[place].line, None, said, rules[place].name)
    for place, rule in enumerate(rules):
        covering = [other for other in index.before(rule) if other < place and rules[other].covers(rule)]
        if not covering:
            continue
        first = rules[min(covering)]
        if asked[min(covering)] != asked[place]:
            said = f"{first.name} in line {first.line} takes all that it could take: move it before that, or drop it"
            kind = FaultKind.SHADOWED
        elif first.category == rule.category:
            kind, said = FaultKind.DUPLICATE, f"it says what {first.name} in line {first.line} says: drop one"
        else:
            kind = FaultKind.CONTRADICTION
            said = f"it asks what {first.name} in line {first.line} asks, which says {first.category}: drop one"
        yield Fault(kind, rule.line, None, said, rule.name)


def _version(rules: Sequence[HouseRule]) -> str:
    if not rules:
        return ""
    said = [[rule.name, dict(rule.conditions), rule.category, rule.who, rule.why] for rule in rules]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]
