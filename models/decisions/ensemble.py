"""The ensemble: asks the voters, lets the policy judge their ballots, and writes the event.

Most of an event follows from the ballots alone, and transactions of one merchant get equal ballots. That part, the
verdict, is worked out and checked against the contract once per row of ballots and amount band, and then shared.
What people taught since, and the bank's own rules, come in behind that: `models.decisions.precedence`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from models.contracts.events import AmountBand, Transaction, amount_band
from models.decisions.generations import Generations
from models.decisions.known_lines import LINES, KnownLines, Row
from models.decisions.naming import NOBODY, Merchant, Namer
from models.decisions.policy import AgreementPolicy, Policy, WeightedBallot
from models.decisions.precedence.precedence import Corrections, Precedence
from models.decisions.precedence.trust import UNMEASURED, OnlineTrust
from models.decisions.verdict import Decided, DecisionEvent, Finding, Verdict, Versions, verdict_of, versions_of
from models.learned.online.keys import LineKeys
from models.voters.contract import LineVoter, Method, Voter
from models.voters.house.rules import HouseRules

WEIGHTS: Mapping[Method, float] = MappingProxyType(
    {Method.MCC: 0.15, Method.RULES: 0.15, Method.TEXT: 0.65, Method.LLM: 0.05}
)
"""Starting weight of each method. The policy `agreement` judges by them; `calibrated` replaces them by what was fitted
for each kind of ballot."""

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a timestamp may lie ahead of the clock before the decision says so."""

VERDICTS = 4_096
"""Verdicts in a generation of the memory, about 15 MB."""


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Voters, the policy that judges their votes, and the weights that it starts from.

    Args:
        voters: At most one per method, asked in this order.
        model_version: Version of the artefact behind the voters; every decision names it.
        weights: Weight per method, renormalised over the methods that voted before the policy sees them; a voter whose
            method has none is refused.
        remembered: Lines that are remembered, as `KnownLines` has it; 0 for none.
        namer: Names the merchants of lines; None to name none.
        online: What people taught since training; it may change between two batches.
        house: The bank's own rules. Others make another ensemble (`under`).
        trust: How far corrections may be trusted.
        target: Share of decisions on corrected merchants that must be right where no person looks.

    Raises:
        ValueError: Two voters of one method, or a voter without a weight.
    """

    voters: Sequence[Voter]
    model_version: str
    weights: Mapping[Method, float] = field(default_factory=lambda: WEIGHTS)
    policy: Policy = field(default_factory=AgreementPolicy)
    remembered: int = LINES
    namer: Namer | None = None
    online: Corrections | None = None
    house: HouseRules | None = None
    trust: OnlineTrust = UNMEASURED
    target: float = 0.95
    _methods: tuple[Method, ...] = field(init=False, repr=False, compare=False)
    _by_line: tuple[bool, ...] = field(init=False, repr=False, compare=False)
    _lines: KnownLines = field(init=False, repr=False, compare=False)
    _verdicts: Generations[tuple[Row, AmountBand], Verdict] = field(init=False, repr=False, compare=False)
    _precedence: Precedence | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        methods = [voter.method for voter in self.voters]
        # Weights are per method: a second voter of one would vote twice.
        if len(set(methods)) != len(methods):
            raise ValueError(f"one voter per method, got {methods}")
        heard = [Method.ONLINE] if self.online is not None and self.trust.text is not None else []
        if missing := [method.value for method in (*methods, *heard) if method not in self.weights]:
            raise ValueError(f"no weight for {missing}: name them in `weights`")
        # Caches of its own: ones on the class would keep every ensemble that ever was, with its model, alive.
        by_line = [voter for voter in self.voters if isinstance(voter, LineVoter)]
        object.__setattr__(self, "_methods", tuple(methods))
        object.__setattr__(self, "_by_line", tuple(isinstance(voter, LineVoter) for voter in self.voters))
        keyed = self.online is not None
        lines = KnownLines(by_line, size=self.remembered, namer=self.namer, keyed=keyed, house=self.house)
        object.__setattr__(self, "_lines", lines)
        object.__setattr__(self, "_verdicts", Generations(size=VERDICTS))
        first = Precedence(self.online, self.house, self.trust, target=self.target) if keyed or self.house else None
        object.__setattr__(self, "_precedence", first)

    def under(self, house: HouseRules | None) -> "Ensemble":
        """The same ensemble under other rules of the bank's own, with the lines and verdicts that it remembers.

        Made beside this one, which may decide meanwhile in another thread.
        """
        other = replace(self, house=house)
        object.__setattr__(other, "_lines", self._lines.under(house))
        object.__setattr__(other, "_verdicts", self._verdicts)
        return other

    def beside(self) -> "Ensemble":
        """The same ensemble, which remembers nothing and counts nothing: for decisions that nobody asked for."""
        other = replace(self, remembered=0, house=self.house and self.house.uncounted())
        object.__setattr__(other, "_verdicts", Generations(size=0))
        return other

    @property
    def versions(self) -> Versions:
        """Of what changes while a worker runs; read it beside the findings that it is for."""
        online, house = self.online, self.house
        return versions_of("0" if online is None else online.version, "" if house is None else house.version)

    def keys_of(self, transactions: Sequence[Transaction]) -> list[LineKeys | None]:
        """Under what corrections of each transaction's line are learned, in order; None without an online model."""
        return [line.keys for line in self._lines.find(transactions)]

    def categorize(self, transactions: Sequence[Transaction], *, now: datetime) -> list[DecisionEvent]:
        """Decide on a batch.

        Args:
            now: The clock, timezone-aware; only for flagging timestamps that lie ahead of it.

        Returns:
            One event per transaction, in order: `Categorized` when sure, `ReviewRequest` when a person must look.
        """
        return [decided.event() for decided in self.decide(transactions, now=now)]

    def decide(self, transactions: Sequence[Transaction], *, now: datetime) -> list[Decided]:
        """Decide as `categorize` does, with events only where they are asked for; same arguments, same order."""
        horizon, versions = now + CLOCK_TOLERANCE, self.versions
        return [
            Decided(verdict, transaction, transaction.timestamp > horizon, merchant, versions)
            for transaction, (verdict, merchant) in zip(transactions, self.findings(transactions), strict=True)
        ]

    def judge(self, row: Row, band: AmountBand) -> Verdict:
        """Weigh one row of ballots, one per voter, and let the policy judge; what `categorize` remembers of it.

        Args:
            row: A ballot or None per voter.

        Raises:
            ValidationError: A ballot breaks the contract of the events, such as an unknown category.
        """
        return self._judge([(row, band)])[0]

    def findings(self, transactions: Sequence[Transaction]) -> list[Finding]:
        """What the votes say of each transaction, in order, and who it names, whatever the clock says."""
        bands = [amount_band(transaction.amount, transaction.currency) for transaction in transactions]
        if not all(self._by_line):
            return self._unremembered(transactions, bands)
        lines = self._lines.find(transactions)
        known = [line.findings.get(band) for line, band in zip(lines, bands, strict=True)]
        places = [place for place, finding in enumerate(known) if finding is None]
        rows = [self._lines.row(lines[place], transactions[place]) for place in places]
        verdicts = self._judged(rows, [bands[place] for place in places])
        judged = {
            place: Finding(verdict, lines[place].merchant) for place, verdict in zip(places, verdicts, strict=True)
        }
        for place, finding in judged.items():
            # Of an open line another transaction may get another row.
            if lines[place].open_line is None:
                lines[place].findings[bands[place]] = finding
        found = [finding or judged[place] for place, finding in enumerate(known)]
        if self._precedence is None:
            return found

        def row(place: int) -> Row:
            return self._lines.row(lines[place], transactions[place])

        return self._precedence.over(lines, transactions, found, bands, row=row, judge=self._judged)

    def merchants(self, transactions: Sequence[Transaction]) -> list[Merchant]:
        """Who each transaction names, in order, without a decision on it."""
        return [line.merchant for line in self._lines.find(transactions)]

    def _unremembered(self, transactions: Sequence[Transaction], bands: Sequence[AmountBand]) -> list[Finding]:
        """The same where some voters are asked about every transaction."""
        lines = self._lines.find(transactions) if any(self._by_line) or self._precedence else ()
        by_line = zip(*map(self._lines.row, lines, transactions), strict=True)
        ballots = [
            next(by_line) if on_line else voter.vote(transactions)
            for voter, on_line in zip(self.voters, self._by_line, strict=True)
        ]
        rows = list(zip(*ballots, strict=True))
        verdicts = self._judged(rows, bands)
        merchants = [line.merchant for line in lines] or [NOBODY] * len(verdicts)
        found = [Finding(*pair) for pair in zip(verdicts, merchants, strict=True)]
        if self._precedence is None:
            return found
        return self._precedence.over(lines, transactions, found, bands, row=rows.__getitem__, judge=self._judged)

    def _judged(self, rows: Sequence[Row], bands: Sequence[AmountBand]) -> list[Verdict]:
        """The verdicts on rows, those that are new made together."""
        cases = list(zip(rows, bands, strict=True))
        found = self._verdicts.find(cases)
        # By number, as a case is long to hash: each once and in order, so that the memory ages the same in every run.
        numbers: dict[tuple[Row, AmountBand], int] = {}
        places = [
            None if verdict else numbers.setdefault(case, len(numbers))
            for case, verdict in zip(cases, found, strict=True)
        ]
        fresh = list(numbers)
        made = self._judge(fresh) if fresh else []
        for case, verdict in zip(fresh, made, strict=True):
            self._verdicts.put(case, verdict)
        return [verdict or made[place or 0] for place, verdict in zip(places, found, strict=True)]

    def _judge(self, cases: Sequence[tuple[Row, AmountBand]]) -> list[Verdict]:
        votes = [(self._weighted(row), band) for row, band in cases]
        version, name = self.model_version, self.policy.name
        return [
            verdict_of(judgement, band, model_version=version, policy_name=name)
            for judgement, (_, band) in zip(self.policy.judge_all(votes), cases, strict=True)
        ]

    def _weighted(self, row: Row) -> list[WeightedBallot]:
        weights = self.weights
        # One ballot more than voters where what was learned online has one.
        methods = self._methods if len(row) == len(self._methods) else (*self._methods, Method.ONLINE)
        cast = [(method, ballot) for method, ballot in zip(methods, row, strict=True) if ballot is not None]
        total = sum([weights[method] for method, _ in cast])
        return [WeightedBallot(method, ballot, weights[method] / total) for method, ballot in cast]
