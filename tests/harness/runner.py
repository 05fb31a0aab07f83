"""A worker for tests: what `evenhand worker` runs, with a choice of ensemble and of a moment at which it kills itself.

    python -m tests.harness.runner [--ensemble shipped|constant|telling|ruled] [--die METHOD:MOMENT:CALL]
    python -m tests.harness.runner [--ensemble shipped|constant|telling|ruled] [--fail METHOD:MOMENT:EVERY]
    python -m tests.harness.runner --monitor [--die METHOD:MOMENT:CALL]
    python -m tests.harness.runner --learner [--ensemble shipped|following] [--die METHOD:MOMENT:CALL]

METHOD is a coroutine of the producer, MOMENT is before, during (a millisecond after it began) or after. What fails, at
every n-th call, is told that the connection is gone: before, the broker has heard nothing; after, it has done it.
"""

import argparse
import asyncio
import os
import signal
from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING, Any
from zlib import crc32

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError

from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from models.learned.online.model import OnlineModel
from models.voters.contract import Ballot, Kind, Method
from streams.apps.run_worker import run_worker
from streams.settings.settings import Settings, load_settings
from tests.harness.messages import TRANSACTION

if TYPE_CHECKING:
    from streams.learner.preparation import Preparation

DURING_SECONDS = 0.001


class ConstantVoter:
    """Votes without looking at the text: one in four transactions, by its id, is left to a person."""

    method = Method.MCC

    def vote(self, transactions: Sequence[Transaction]) -> list[Ballot | None]:
        """One ballot per transaction."""
        return [
            Ballot("other", 0.95 if crc32(transaction.transaction_id.encode()) % 4 else 0.5, "constant")
            for transaction in transactions
        ]


class TellingVoter:
    """Believes the text: "pets sure" is a pets decision that stands, "pets unsure" one for a person."""

    method = Method.TEXT

    def vote(self, transactions: Sequence[Transaction]) -> list[Ballot | None]:
        """One ballot per transaction."""
        told = [transaction.description.lower().split() for transaction in transactions]
        return [Ballot(category, 0.99 if state == "sure" else 0.5, "told", kind=Kind.SEEN) for category, state in told]


def telling_ensemble() -> Ensemble:
    """An ensemble that decides what the test wants."""
    return Ensemble([TellingVoter()], "telling")


def constant_ensemble() -> Ensemble:
    """An ensemble that costs nothing, for tests that are about delivery."""
    return Ensemble([ConstantVoter()], "constant")


def following_ensemble() -> Ensemble:
    """One that costs nothing, and follows what people taught."""
    ensemble = Ensemble([ConstantVoter()], "constant", online=OnlineModel())
    # Reads the tables by which lines have keys: under the first batch that takes longer than `QUICK` sessions last.
    ensemble.findings([Transaction.model_validate(TRANSACTION)])
    return ensemble


def plain_preparation(settings: Settings) -> "Preparation":
    """A learner for `following_ensemble`: it knows of nothing but corrections, and nothing is held out."""
    from models.decisions.line_keys import CorrectionKeys
    from models.learned.online.holdout import Holdout
    from models.learned.online.state import Means
    from streams.learner.preparation import preparation

    return preparation(settings, CorrectionKeys(following_ensemble()), Holdout(), Means(), "constant")


def ruled_ensemble() -> Ensemble:
    """One that costs nothing, and heeds the file of rules that the settings name."""
    from streams.categorizer.ensemble import house_rules

    return Ensemble([ConstantVoter()], "constant", house=house_rules(load_settings()))


def shipped_ensemble() -> Ensemble:
    """What `evenhand worker` runs."""
    from streams.categorizer.ensemble import worker_ensemble

    return worker_ensemble(load_settings())


ENSEMBLES = {
    "constant": constant_ensemble,
    "following": following_ensemble,
    "ruled": ruled_ensemble,
    "telling": telling_ensemble,
    "shipped": shipped_ensemble,
}


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying_producer(method: str, moment: str, call: int) -> type[AIOKafkaProducer]:
    """A real producer whose process ends with SIGKILL at the n-th call of one of its methods, over all instances."""
    calls = count(1)

    async def dying(self: AIOKafkaProducer, *args: Any, **kwargs: Any) -> Any:
        due = next(calls) == call
        if due and moment == "before":
            _die()
        if due and moment == "during":
            asyncio.get_running_loop().call_later(DURING_SECONDS, _die)
        result = await getattr(AIOKafkaProducer, method)(self, *args, **kwargs)
        if due and moment == "after":
            _die()
        return result

    return type("DyingProducer", (AIOKafkaProducer,), {method: dying})


def failing_producer(method: str, moment: str, every: int) -> type[AIOKafkaProducer]:
    """A real producer that is cut off at every n-th call of one of its methods, over all instances."""
    calls = count(1)

    async def failing(self: AIOKafkaProducer, *args: Any, **kwargs: Any) -> Any:
        due = next(calls) % every == 0
        if due and moment == "before":
            raise KafkaConnectionError
        result = await getattr(AIOKafkaProducer, method)(self, *args, **kwargs)
        if due and moment == "after":
            raise KafkaConnectionError
        return result

    return type("FailingProducer", (AIOKafkaProducer,), {method: failing})


def main() -> None:
    """Serve until a signal, or until the moment to die."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--ensemble", choices=ENSEMBLES, default="constant")
    parser.add_argument("--monitor", action="store_true", help="what `evenhand monitor` runs")
    parser.add_argument("--learner", action="store_true", help="what `evenhand learner` runs")
    parser.add_argument("--die", metavar="METHOD:MOMENT:CALL")
    parser.add_argument("--fail", metavar="METHOD:MOMENT:EVERY")
    options = parser.parse_args()
    producer = AIOKafkaProducer
    if point := options.die or options.fail:
        method, moment, number = point.split(":")
        producer = (dying_producer if options.die else failing_producer)(method, moment, int(number))
    settings = load_settings()
    if options.monitor:
        # Here, because a worker does not carry what a monitor needs.
        from streams.apps.run_monitor import run_monitor
        from streams.monitor.judging import load_judging

        run_monitor(settings, load_judging(settings), producer_factory=producer)
    if options.learner:
        from streams.apps.run_learner import run_learner
        from streams.learner.preparation import prepare

        prepared = plain_preparation(settings) if options.ensemble == "following" else prepare(settings)
        run_learner(settings, prepared, producer_factory=producer)
    run_worker(settings, ENSEMBLES[options.ensemble](), producer_factory=producer)


if __name__ == "__main__":
    main()
