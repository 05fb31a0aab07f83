"""The LLM as a voter, without I/O: it says what to ask, and makes ballots of what comes back.

    question -> Request -> (a client posts it) -> answered -> ballot
             -> CallOutcome: not asked, and why       failed   -> no vote

The ballots then join those of the other voters in the ensemble, as `Answers`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from models.contracts.events import Transaction
from models.voters.contract import Ballot, Kind, Method
from models.voters.llm.breaker import Breaker, BreakerState
from models.voters.llm.budget import Budget
from models.voters.llm.labels import read_label
from models.voters.llm.prompt import SYSTEM, prompt_of
from models.voters.llm.protocol import Protocol, Request

CONFIDENCE = 0.5
"""Confidence of every ballot: what a model says of its own sureness is no probability, and nothing was measured yet."""

BYTES_PER_TOKEN = 3
"""For estimating tokens from above: tokenisers of current models take about four bytes of English a token."""


class CallOutcome(StrEnum):
    """The end of a transaction in the slow lane, asked or not."""

    VOTED = "voted"
    UNKNOWN_LABEL = "unknown_label"
    NOT_PROTOCOL = "not_protocol"
    HTTP_ERROR = "http_error"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    NO_TIME = "no_time"
    CIRCUIT_OPEN = "circuit_open"
    OVER_BUDGET = "over_budget"


FAILURES = frozenset({CallOutcome.NOT_PROTOCOL, CallOutcome.HTTP_ERROR, CallOutcome.UNREACHABLE, CallOutcome.TIMEOUT})
"""Outcomes that speak against the endpoint. An unknown label does not: a description can talk a model into one."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The ballots of one batch, as a voter of the ensemble; who is not in it has no vote."""

    ballots: Mapping[str, Ballot]
    method: Method = field(default=Method.LLM, init=False)

    def vote(self, transactions: Sequence[Transaction]) -> list[Ballot | None]:
        """The ballot of each transaction, by its id."""
        return [self.ballots.get(transaction.transaction_id) for transaction in transactions]


@dataclass(frozen=True, slots=True)
class LlmVoter:
    """Asks one model.

    Times are readings of one monotonic clock, in seconds.
    """

    protocol: Protocol
    model: str
    max_tokens: int
    breaker: Breaker
    budget: Budget

    def ready(self, *, now: float) -> bool:
        """Tell whether asking makes sense: the breaker is not open and the budget has room for a plain question."""
        return self.breaker.state(now=now) is not BreakerState.OPEN and self.budget.allows(
            self._tokens(len(SYSTEM)), now=now
        )

    def question(self, transaction: Transaction, *, now: float) -> Request | CallOutcome:
        """The request for a transaction, paid for from the budget; or the reason why it is not asked."""
        prompt = prompt_of(transaction)
        tokens = self._tokens(prompt.size)
        # Before the breaker: a call without budget must not use up the probe.
        if not self.budget.allows(tokens, now=now):
            return CallOutcome.OVER_BUDGET
        if not self.breaker.take(now=now):
            return CallOutcome.CIRCUIT_OPEN
        # Last: what the breaker refuses costs nothing.
        self.budget.take(tokens, now=now)
        return self.protocol.request(prompt, model=self.model, max_tokens=self.max_tokens)

    def answered(self, body: bytes, *, now: float) -> tuple[CallOutcome, Ballot | None]:
        """Make a ballot of an answer, whatever its bytes; the breaker learns whether it was one."""
        content = self.protocol.read(body)
        if content is None:
            self.breaker.failed(now=now)
            return CallOutcome.NOT_PROTOCOL, None
        # Before the label is read: a wrong label is no fault of the endpoint.
        self.breaker.succeeded()
        label = read_label(content)
        if label is None:
            return CallOutcome.UNKNOWN_LABEL, None
        return CallOutcome.VOTED, Ballot(label, CONFIDENCE, f"llm {self.model}", kind=Kind.LLM)

    def failed(self, *, now: float) -> None:
        """The call gave no answer."""
        self.breaker.failed(now=now)

    def _tokens(self, size: int) -> int:
        return size // BYTES_PER_TOKEN + self.max_tokens
