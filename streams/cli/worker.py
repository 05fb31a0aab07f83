"""`evenhand worker`: the categorizer on the stream."""

from typing import Annotated

from streams.cli.inputs import BootstrapOption, ModelOption, setting
from streams.settings.settings import DeliveryMode, LogLevel, load_settings

DeliveryOption = Annotated[
    DeliveryMode | None, setting("delivery", "HOW", "transactional (exactly once) or at_least_once.")
]
ProcessesOption = Annotated[str | None, setting("processes", "N|auto")]
ConcurrencyOption = Annotated[int | None, setting("concurrency", "N")]
GroupOption = Annotated[str | None, setting("group_id", "NAME", "Consumer group; its workers share the partitions.")]
PrefixOption = Annotated[str | None, setting("topic_prefix", "TEXT", default="nothing")]
PortOption = Annotated[int | None, setting("web_port", "PORT")]
LogOption = Annotated[LogLevel | None, setting("log_level", "LEVEL", "debug, info, warning or error.")]


def worker(
    bootstrap_servers: BootstrapOption = None,
    model: ModelOption = None,
    delivery: DeliveryOption = None,
    processes: ProcessesOption = None,
    concurrency: ConcurrencyOption = None,
    group_id: GroupOption = None,
    topic_prefix: PrefixOption = None,
    web_port: PortOption = None,
    log_level: LogOption = None,
) -> None:
    """Categorize the stream until SIGTERM or Ctrl-C.

    Reads the topic transactions; writes decisions, review requests and dead letters together with the input offset, in
    one Kafka transaction per batch. The topics must exist: see `evenhand topics create`.

    With more than one process a supervisor shares the loaded model among them, starts again what dies, and answers for
    all of them.

    All other settings, such as TLS and SASL, come from EVENHAND_*. Metrics and health: http://127.0.0.1:9464/metrics,
    /healthz, /readyz.
    """
    # Faust and the model take a second of CPU to import: help and a mistyped option do without them.
    from streams.apps.garbage import give_back_large_blocks
    from streams.apps.run_worker import run_worker
    from streams.categorizer.ensemble import worker_ensemble

    settings = load_settings(
        bootstrap_servers=bootstrap_servers,
        model=model,
        delivery=delivery,
        processes=processes,
        concurrency=concurrency,
        group_id=group_id,
        topic_prefix=topic_prefix,
        web_port=web_port,
        log_level=log_level,
    )
    give_back_large_blocks()
    run_worker(settings, worker_ensemble(settings))
