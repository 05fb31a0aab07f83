"""The stages of a message in a running worker, and the code that each of them is: a table for the sampler."""

from typing import NamedTuple

FETCH, PARSE, VALIDATE, WINDOW = "fetch", "parse", "validate", "duplicate window"
VOTE, JUDGE, SERIALISE, BLIND, SUMMARISE = "vote", "judge", "serialise", "blind copy", "summarise"
HANDLER, PRODUCE, COMMIT, CONNECTION = "handler's glue", "produce", "commit", "connection"
LANES, FAUST, METRICS, LOOP, OTHER = "lanes", "Faust", "metrics", "event loop", "other"

ORDER = (
    *(FETCH, PARSE, VALIDATE, WINDOW, VOTE, JUDGE, SERIALISE, BLIND, SUMMARISE, HANDLER),
    *(PRODUCE, COMMIT, CONNECTION, LANES, FAUST, METRICS, LOOP, OTHER),
)
"""Stages as a message meets them; `event loop` is asyncio or uvloop with none of the others at work."""

SHARED = frozenset({CONNECTION})
"""Stages that others use: code of theirs counts for who called it, where one of the others did."""


class Place(NamedTuple):
    """Code of one stage.

    Args:
        module: A module, or a package with all that is in it.
        function: Its qualified name in the module; empty: the whole module.
    """

    stage: str
    module: str
    function: str = ""


PLACES = (
    Place(FETCH, "aiokafka.consumer"),
    Place(FETCH, "aiokafka.protocol.fetch"),
    Place(PARSE, "models.contracts.wire", "parse"),
    Place(PARSE, "models.contracts.plain"),
    Place(PARSE, "streams.messages.cloudevents", "Codec.decode"),
    Place(VALIDATE, "models.contracts.wire", "parse_strictly"),
    Place(VALIDATE, "models.contracts.plain", "_read"),
    Place(VALIDATE, "models.contracts.fields"),
    Place(WINDOW, "streams.lanes.duplicate_window"),
    Place(WINDOW, "streams.messages.cloudevents", "digest"),
    Place(VOTE, "models.voters"),
    Place(VOTE, "models.learned"),
    Place(VOTE, "models.gazetteer"),
    Place(VOTE, "models.statements"),
    Place(VOTE, "streams.trials.bench.contenders.noop"),
    Place(JUDGE, "models.decisions"),
    Place(JUDGE, "models.contracts.amount_bands"),
    Place(SERIALISE, "models.decisions.verdict", "Decided.dumped"),
    Place(SERIALISE, "streams.messages.cloudevents"),
    Place(BLIND, "monitors.labels.blind_sample"),
    Place(BLIND, "models.decisions.verdict", "Verdict.blind_copy"),
    Place(BLIND, "streams.messages.cloudevents", "Stamp.encode_blind"),
    Place(SUMMARISE, "monitors.counts"),
    Place(SUMMARISE, "streams.messages.observations"),
    Place(HANDLER, "streams.categorizer.handler"),
    Place(PRODUCE, "streams.kafka.write_batches"),
    Place(PRODUCE, "aiokafka.producer"),
    Place(PRODUCE, "aiokafka.protocol.produce"),
    Place(COMMIT, "streams.lanes.delivery"),
    Place(COMMIT, "streams.trials.bench.producer"),
    Place(COMMIT, "aiokafka.producer.transaction_manager"),
    Place(COMMIT, "aiokafka.protocol.transaction"),
    *(
        Place(COMMIT, "aiokafka.producer.sender", function)
        for function in (
            "Sender._do_init_pid",
            "Sender._do_add_partitions_to_txn",
            "Sender._do_add_offsets_to_txn",
            "Sender._do_txn_commit",
            "Sender._do_txn_offset_commit",
            "BaseHandler.do",
        )
    ),
    *(
        Place(COMMIT, "aiokafka.producer.producer", f"AIOKafkaProducer.{function}")
        for function in ("begin_transaction", "commit_transaction", "send_offsets_to_transaction")
    ),
    Place(CONNECTION, "aiokafka.client"),
    Place(CONNECTION, "aiokafka.conn"),
    Place(CONNECTION, "aiokafka.protocol.abstract"),
    Place(CONNECTION, "aiokafka.protocol.api"),
    Place(CONNECTION, "aiokafka.protocol.struct"),
    Place(CONNECTION, "aiokafka.protocol.types"),
    Place(LANES, "streams.lanes"),
    Place(FAUST, "faust"),
    Place(FAUST, "mode"),
    Place(FAUST, "streams.apps"),
    Place(METRICS, "streams.categorizer.metrics"),
    Place(METRICS, "prometheus_client"),
)
"""A narrower place goes before a wider one that holds it: a function before its module, a module before its package."""
