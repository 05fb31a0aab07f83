"""Who decides before the ensemble: the bank's own rules, then the account's corrections, then everybody's.

All of it is looked up, outside the memories of lines and verdicts: a correction empties none of them. Corrections for
everyone follow from a line, and are kept with it until the next version; accounts and rules are asked about each
transaction. Where nobody decides and the ensemble is unsure, what the text resembles of corrected ones has a vote;
a person still looks.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from models.contracts.events import AmountBand, Transaction
from models.decisions.known_lines import KnownLine, Row, Said
from models.decisions.precedence.ruling import Ruling, for_a_person, ruled
from models.decisions.precedence.trust import OnlineTrust
from models.decisions.verdict import Finding, Verdict
from models.learned.online.keys import LineKeys
from models.voters.contract import Ballot, Kind, Method
from models.voters.house.evidence import Decisive, evidence_of
from models.voters.house.rule import HouseRule
from models.voters.house.rules import HouseRules, first_fit


class FoundCorrection(Protocol):
    """What people's corrections say of a line."""

    @property
    def category(self) -> str:
        """The category."""
        ...

    @property
    def evidence(self) -> str:
        """Why, in a few words a reviewer understands."""
        ...

    @property
    def support(self) -> int:
        """How many people say so."""
        ...

    @property
    def share(self) -> float:
        """Share of them among all who said something; of a text, its probability."""
        ...


class Corrections(Protocol):
    """What people taught since training, as `models.learned.online.model.OnlineModel` has it."""

    @property
    def version(self) -> str:
        """Names the state."""
        ...

    def has_accounts(self, keys: LineKeys) -> bool:
        """Whether any account gave the merchant a category."""
        ...

    def account(self, account_id: str, keys: LineKeys) -> str | None:
        """The category that this account gave the merchant."""
        ...

    def merchant(self, keys: LineKeys) -> FoundCorrection | None:
        """What people said of the merchant, for everyone."""
        ...

    def family(self, keys: LineKeys) -> FoundCorrection | None:
        """What people said of merchants whose names begin so."""
        ...

    def text(self, keys: LineKeys) -> FoundCorrection | None:
        """What the text resembles of those that people corrected."""
        ...


class Precedence:
    """Puts what decides before the ensemble in place of its findings.

    Args:
        online: None where nothing is learned.
        house: None where there are no rules.
        trust: How far corrections may be trusted.
        target: Share of accepted decisions that must be right.
    """

    def __init__(
        self, online: Corrections | None, house: HouseRules | None, trust: OnlineTrust, *, target: float
    ) -> None:
        self._online, self._house, self._trust, self._target = online, house, trust, target

    def over(
        self,
        lines: Sequence[KnownLine],
        transactions: Sequence[Transaction],
        findings: Sequence[Finding],
        bands: Sequence[AmountBand],
        *,
        row: Callable[[int], Row],
        judge: Callable[[Sequence[Row], Sequence[AmountBand]], list[Verdict]],
    ) -> list[Finding]:
        """The findings with rulings in the place of those that are overruled, in order.

        Args:
            lines: Of the transactions.
            findings: What the ensemble says.
            row: Gives the ballots on a transaction by its place.
            judge: Judges rows of ballots, which may have one more than there are voters: that of the text.
        """
        online, hears = self._online, self._trust.text is not None
        version = "" if online is None else online.version
        after = list(findings)
        unsure: list[int] = []
        for place, (line, transaction, finding) in enumerate(zip(lines, transactions, findings, strict=True)):
            if line.rules is not None and (rule := first_fit(line.rules, transaction)) is not None:
                after[place] = self._by_rule(finding, rule)
                continue
            if online is None or (keys := line.keys) is None:
                continue
            said = line.said
            if said is None or said.version != version:
                said = line.said = _ask(online, keys, version)
            if said.personal and (category := online.account(transaction.account_id, keys)) is not None:
                after[place] = self._ruled(finding, _of_account(category))
            elif said.ruling is not None:
                after[place] = self._by_people(line, said, said.ruling, finding, bands[place])
            elif hears and finding.verdict.requires_review:
                unsure.append(place)
        if unsure and online is not None:
            self._heard(online, lines, findings, bands, after, unsure, row=row, judge=judge)
        return after

    def _by_rule(self, finding: Finding, rule: HouseRule) -> Finding:
        assert self._house is not None  # whose rule it is
        self._house.hits[rule.name] += 1
        evidence = evidence_of(Decisive(rule.name, self._house.version))
        return self._ruled(finding, Ruling(Method.HOUSE.value, Kind.HOUSE.value, rule.category, evidence))

    def _by_people(self, line: KnownLine, said: Said, ruling: Ruling, finding: Finding, band: AmountBand) -> Finding:
        if line.open_line is not None:
            # Of an open line another transaction may get another verdict.
            return self._ruled(finding, ruling)
        known = said.findings.get(band)
        if known is None:
            known = said.findings[band] = self._ruled(finding, ruling)
        return known

    def _ruled(self, finding: Finding, ruling: Ruling) -> Finding:
        return Finding(ruled(finding.verdict, ruling, self._trust, target=self._target), finding.merchant)

    def _heard(
        self,
        online: Corrections,
        lines: Sequence[KnownLine],
        findings: Sequence[Finding],
        bands: Sequence[AmountBand],
        after: list[Finding],
        unsure: Sequence[int],
        *,
        row: Callable[[int], Row],
        judge: Callable[[Sequence[Row], Sequence[AmountBand]], list[Verdict]],
    ) -> None:
        """Let the text vote on what the ensemble alone is unsure of."""
        places: list[int] = []
        rows: list[Row] = []
        for place in unsure:
            said, keys = lines[place].said, lines[place].keys
            if said is None or keys is None:  # never: they were asked before
                continue
            if not said.heard:
                said.heard, said.ballot = True, _ballot(online.text(keys))
            if said.ballot is None:
                continue
            known = said.findings.get(bands[place])
            if known is not None:
                after[place] = known
                continue
            places.append(place)
            rows.append((*row(place), said.ballot))
        for place, verdict in zip(places, judge(rows, [bands[place] for place in places]), strict=True):
            after[place] = Finding(for_a_person(verdict), findings[place].merchant)
            said = lines[place].said
            if said is not None and lines[place].open_line is None:
                said.findings[bands[place]] = after[place]


def _ask(online: Corrections, keys: LineKeys, version: str) -> Said:
    """What there is for everyone, and whether accounts are to be asked."""
    personal = online.has_accounts(keys)
    if (found := online.merchant(keys)) is not None:
        return Said(version, _ruling(found, kind_of(found)), personal)
    if (found := online.family(keys)) is not None:
        return Said(version, _ruling(found, Kind.CORRECTED_FAMILY), personal)
    return Said(version, None, personal)


def kind_of(found: FoundCorrection) -> Kind:
    """The kind of a merchant's correction: by how many people say so, and whether all of them do."""
    if found.share < 1:
        return Kind.CORRECTED_DISPUTED
    return {1: Kind.CORRECTED, 2: Kind.CORRECTED_TWICE}.get(found.support, Kind.CORRECTED_OFTEN)


def _ruling(found: FoundCorrection, kind: Kind) -> Ruling:
    return Ruling(Method.ONLINE.value, kind.value, found.category, found.evidence)


def _of_account(category: str) -> Ruling:
    return Ruling(Method.ACCOUNT.value, Kind.ACCOUNT.value, category, "corrected for this account")


def _ballot(found: FoundCorrection | None) -> Ballot | None:
    return None if found is None else Ballot(found.category, found.share, found.evidence, kind=Kind.ONLINE)
