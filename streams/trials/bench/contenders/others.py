"""Contenders that other libraries are: pipelines of quixstreams and bytewax around the application's own codec.

They run in an environment of their own (`make bench` makes build/contenders), which has neither Faust nor uvloop.
Decode, a constant decision and encode are those of the bare loop; batches, waits and acknowledgements are set
to what the application has, where the library has such a setting.
"""

import logging
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

from streams.apps.garbage import calm_collector
from streams.kafka.topics import topic_name
from streams.messages.cloudevents import Codec
from streams.messages.records import Output
from streams.messages.roles import Role
from streams.trials.bench.child import serve
from streams.trials.bench.contenders.recoding import recoding
from streams.trials.bench.job import Contender, Job, Meter
from streams.trials.bench.sampling import Sampler

COMMIT_SECONDS = 0.05
"""Longest time between two transactions of quixstreams; by itself it takes 5 s, which would be its latency."""


def quixstreams(job: Job, meter: Meter) -> None:
    """Exactly once: outputs and offsets of as many messages as a batch has in one transaction, or of 50 ms."""
    from quixstreams import Application
    from quixstreams.models import BytesSerializer

    settings, recode = job.settings(), recoding(Codec(source=f"/evenhand/{job.prefix}"))

    class Values(BytesSerializer):  # type: ignore[misc]  # not installed where types are checked
        def __call__(self, value: Output, **_context: Any) -> bytes:
            return bytes(value.value or b"")

    with tempfile.TemporaryDirectory() as folder:
        app = Application(
            broker_address=job.bootstrap_servers,
            consumer_group=settings.group_id,
            auto_offset_reset="earliest",
            processing_guarantee="exactly-once",
            commit_every=settings.batch_max_records,
            commit_interval=COMMIT_SECONDS,
            consumer_extra_config={"fetch.wait.max.ms": 50},
            producer_extra_config=producer_options(settings.linger_ms),
            auto_create_topics=False,
            use_changelog_topics=False,
            state_dir=folder,
            loglevel="WARNING",
            on_message_processed=lambda *_: meter.committed(1),
        )
        source, target = (
            app.topic(topic_name(settings, role), **kinds)
            for role, kinds in (
                (Role.TRANSACTIONS, {"value_deserializer": "bytes", "key_deserializer": "bytes"}),
                (Role.CATEGORIZED, {"value_serializer": Values(), "key_serializer": "bytes"}),
            )
        )

        def handle(value: bytes, key: bytes, _timestamp: int, headers: Any) -> Output:
            return recode([Message(key, value, source.name, headers)])[0]

        frame = app.dataframe(source).apply(handle, metadata=True)
        frame = frame.set_headers(lambda output, *_: output.headers)
        frame.to_topic(target)
        app.run(timeout=job.stall_seconds, count=job.messages, collect=False)


def _ending_source(meter: Meter) -> type:
    """A source whose partitions end when all is done: bytewax's own end at the end of the topic, or never."""
    from bytewax.connectors.kafka import KafkaSource
    from bytewax.inputs import StatefulSourcePartition

    class Ending(StatefulSourcePartition):  # type: ignore[misc]  # not installed where types are checked
        def __init__(self, partition: Any) -> None:
            self._partition = partition

        def next_batch(self) -> Any:
            if meter.finished.is_set():
                raise StopIteration
            return self._partition.next_batch()

        def snapshot(self) -> Any:
            return self._partition.snapshot()

        def close(self) -> None:
            self._partition.close()

    class Source(KafkaSource):  # type: ignore[misc]
        def build_part(self, *arguments: Any) -> Ending:
            return Ending(super().build_part(*arguments))

    return Source


def _metered_sink(meter: Meter) -> type:
    """A sink that reports what is written; bytewax's own waits for the acknowledgement of each batch."""
    from bytewax.connectors.kafka import KafkaSink
    from bytewax.outputs import StatelessSinkPartition

    class Metered(StatelessSinkPartition):  # type: ignore[misc]
        def __init__(self, partition: Any) -> None:
            self._partition = partition

        def write_batch(self, items: list[Any]) -> None:
            self._partition.write_batch(items)
            meter.committed(len(items))

        def close(self) -> None:
            self._partition.close()

    class Sink(KafkaSink):  # type: ignore[misc]
        def build(self, *arguments: Any) -> Metered:
            return Metered(super().build(*arguments))

    return Sink


def bytewax(job: Job, meter: Meter) -> None:
    """At least once, which is all that its Kafka sink can: a snapshot of the offsets every 10 s, as by itself."""
    import bytewax.operators as op
    from bytewax.connectors.kafka import KafkaSinkMessage
    from bytewax.dataflow import Dataflow
    from bytewax.recovery import RecoveryConfig, init_db_dir
    from bytewax.run import cli_main

    settings, recode = job.settings(), recoding(Codec(source=f"/evenhand/{job.prefix}"))
    servers = job.bootstrap_servers.split(",")

    def handle(messages: list[Any]) -> list[Any]:
        return [KafkaSinkMessage(output.key, output.value, headers=output.headers) for output in recode(messages)]

    fetching = {"isolation.level": "read_committed", "fetch.wait.max.ms": "50"}
    source = _ending_source(meter)(
        servers, [topic_name(settings, Role.TRANSACTIONS)], add_config=fetching, batch_size=settings.batch_max_records
    )
    flow = Dataflow("bench")
    stream = op.flat_map_batch("handle", op.input("in", flow, source), handle)
    options = producer_options(settings.linger_ms) | {"enable.idempotence": True, "partitioner": "murmur2_random"}
    sink = _metered_sink(meter)(servers, topic_name(settings, Role.CATEGORIZED), add_config=options)
    op.output("out", stream, sink)
    with tempfile.TemporaryDirectory() as folder:
        init_db_dir(Path(folder), 1)
        cli_main(flow, recovery_config=RecoveryConfig(folder))


class Message:
    """A record as the codec reads it."""

    __slots__ = ("headers", "key", "offset", "partition", "timestamp", "topic", "value")

    def __init__(self, key: bytes, value: bytes, topic: str, headers: Any) -> None:
        self.key, self.value, self.topic, self.headers = key, value, topic, headers or ()
        self.partition = self.offset = self.timestamp = 0


def producer_options(linger_ms: int) -> dict[str, Any]:
    """What every producer of librdkafka is told, as aiokafka's are."""
    return {"linger.ms": linger_ms, "acks": "all"}


RUNNERS: Mapping[Contender, Callable[[Job, Meter], None]] = MappingProxyType(
    {Contender.QUIXSTREAMS: quixstreams, Contender.BYTEWAX: bytewax}
)


def run(fields: dict[str, Any]) -> dict[str, Any]:
    """Run a job, given as JSON, in this process, and measure it."""
    job = Job.of(fields)
    logging.getLogger("quixstreams").setLevel(logging.WARNING)
    meter = Meter(messages=job.messages, margin=job.margin, sampler=Sampler() if job.sampled else None)
    calm_collector()
    RUNNERS[job.contender](job, meter)
    return asdict(meter.measurement())


if __name__ == "__main__":
    serve(run)
