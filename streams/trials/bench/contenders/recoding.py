"""What loops and pipelines do to a message: the application's codec around a constant decision."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from models.contracts.events import amount_band
from models.decisions.verdict import Decided
from streams.messages.cloudevents import Codec, digest
from streams.messages.records import Output, Received
from streams.trials.bench.contenders.noop import noop_verdicts

Transform = Callable[[Sequence[Received]], Sequence[Output]]


def recoding(codec: Codec) -> Transform:
    """Decode, decide the same on everything, encode: the application's own codec around a constant decision."""
    verdicts = noop_verdicts()

    def transform(records: Sequence[Received]) -> list[Output]:
        stamp = codec.stamp(datetime.now(UTC))
        outputs = []
        for record in records:
            transaction, _ = codec.decode(record)
            event = Decided(verdicts[amount_band(transaction.amount, transaction.currency)], transaction, ahead=False)
            outputs.append(stamp.encode(event, digest(transaction), record.headers))
        return outputs

    return transform
