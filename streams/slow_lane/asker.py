"""Asking the LLM: so many calls at once, each within the deadline, each outcome counted."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from models.contracts.events import Transaction
from models.voters.contract import Ballot
from models.voters.llm.protocol import Request
from models.voters.llm.voter import FAILURES, Answers, CallOutcome, LlmVoter
from streams.categorizer.metrics import WorkerMetrics

Post = Callable[[Request], Awaitable[bytes | CallOutcome]]
"""Posts a request: the answer's bytes, or why there is none."""

FAIR_SHARE = 0.5
"""Share of the deadline that a call must have had before running out of time speaks against the endpoint."""


class Asker:
    """Puts transactions to the LLM.

    Args:
        voter: Says what to ask, and reads answers.
        post: Sends a request and waits for the answer; the time limit is the asker's.
        concurrency: Calls at once, over all partitions.
        deadline: Seconds that a transaction may wait from its diversion on.
        metrics: Of the worker; each transaction counts once in `llm_calls`, by what came of asking.
    """

    def __init__(
        self, voter: LlmVoter, post: Post, *, concurrency: int, deadline: float, metrics: WorkerMetrics
    ) -> None:
        self.concurrency = concurrency
        self.deadline = deadline
        self._voter = voter
        self._post = post
        self._metrics = metrics
        self._slots = asyncio.Semaphore(concurrency)

    @property
    def ready(self) -> bool:
        """False while asking makes no sense; then a person decides without a detour."""
        return self._voter.ready(now=asyncio.get_running_loop().time())

    async def ask(self, transactions: Sequence[Transaction], *, seconds: float) -> Answers:
        """Ask for each transaction; returns after `seconds` at the latest, with the ballots that there are by then."""
        until = asyncio.get_running_loop().time() + seconds
        ballots = await asyncio.gather(*(self._ballot(transaction, until) for transaction in transactions))
        pairs = zip(transactions, ballots, strict=True)
        return Answers({transaction.transaction_id: ballot for transaction, ballot in pairs if ballot is not None})

    async def _ballot(self, transaction: Transaction, until: float) -> Ballot | None:
        try:
            async with asyncio.timeout_at(until):
                await self._slots.acquire()
        except TimeoutError:
            outcome, ballot = CallOutcome.NO_TIME, None
        else:
            try:
                outcome, ballot = await self._call(transaction, until)
            finally:
                self._slots.release()
        self._metrics.llm_calls.labels(outcome.value).inc()
        return ballot

    async def _call(self, transaction: Transaction, until: float) -> tuple[CallOutcome, Ballot | None]:
        time = asyncio.get_running_loop().time
        started = time()
        # A slot may come at the very end of the time; a call would then only add load.
        if started >= until:
            return CallOutcome.NO_TIME, None
        request = self._voter.question(transaction, now=started)
        if isinstance(request, CallOutcome):
            return request, None
        answer: bytes | CallOutcome = CallOutcome.TIMEOUT
        try:
            async with asyncio.timeout_at(until):
                answer = await self._post(request)
        except TimeoutError:
            pass
        seconds = time() - started
        self._metrics.llm_seconds.observe(seconds)
        if isinstance(answer, bytes):
            return self._voter.answered(answer, now=time())
        # A call that had little time left says nothing about the endpoint, so it must not open the circuit breaker.
        if answer in FAILURES and (answer is not CallOutcome.TIMEOUT or seconds >= FAIR_SHARE * self.deadline):
            self._voter.failed(now=time())
        return answer, None
