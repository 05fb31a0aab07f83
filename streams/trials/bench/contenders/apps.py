"""The Faust contenders: Evenhand itself, and the agent that one would write first."""

from datetime import UTC, datetime

from faust.app.base import BootStrategy
from faust.types import StreamT

from models.contracts.events import Transaction, amount_band
from models.contracts.wire import parse
from models.decisions.ensemble import Ensemble
from models.decisions.verdict import Decided
from streams.apps.faust_app import FolderlessApp
from streams.apps.garbage import calm_collector
from streams.apps.worker import create_app
from streams.categorizer.ensemble import worker_ensemble
from streams.kafka.topics import topic_name
from streams.messages.cloudevents import Codec, digest
from streams.messages.roles import Role
from streams.trials.bench.contenders.noop import noop_ensemble, noop_verdicts
from streams.trials.bench.job import Job, Meter
from streams.trials.bench.producer import metered


async def evenhand(job: Job, meter: Meter) -> None:
    """The application as `evenhand worker` runs it: agent, lanes, duplicate window, transactions, metrics, web."""
    await _worker(job, meter, noop_ensemble())


async def full(job: Job, meter: Meter) -> None:
    """The same with the model of the settings."""
    await _worker(job, meter, worker_ensemble(job.settings()))


async def _worker(job: Job, meter: Meter, ensemble: Ensemble) -> None:
    settings = job.settings()
    app = create_app(settings, ensemble, producer_factory=metered(meter, settings.group_id)).app
    calm_collector()
    await app.start()
    try:
        await meter.wait(job.stall_seconds)
    finally:
        await app.stop()


class NoWeb(BootStrategy):
    """Everything but Faust's web server, whose port might be taken."""

    enable_web = False


async def naive(job: Job, meter: Meter) -> None:
    """One `async for` over a topic, one `send` per event, `exactly_once` by Faust: the same codec, nothing batched."""
    settings = job.settings()
    codec, verdicts = Codec(source=f"/evenhand/{job.prefix}"), noop_verdicts()
    app = FolderlessApp(
        job.prefix,
        broker=f"aiokafka://{job.bootstrap_servers.replace(',', ';')}",
        store="memory://",
        autodiscover=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        consumer_auto_offset_reset="earliest",
        processing_guarantee="exactly_once",
    )
    app.boot_strategy = NoWeb(app)
    source, target = (
        app.topic(topic_name(settings, role), value_serializer="raw", key_serializer="raw", internal=True)
        for role in (Role.TRANSACTIONS, Role.CATEGORIZED)
    )

    @app.agent(source)
    async def categorize(stream: StreamT[bytes]) -> None:
        async for value in stream:
            transaction, _ = parse(Transaction, value)
            decision = Decided(
                verdicts[amount_band(transaction.amount, transaction.currency)], transaction, ahead=False
            )
            output = codec.stamp(datetime.now(UTC)).encode(decision, digest(transaction), ())
            await target.send(key=output.key, value=output.value, headers=list(output.headers))
            meter.committed(1)

    await app.start()
    try:
        await meter.wait(job.stall_seconds)
    finally:
        await app.stop()
