"""`evenhand worker`: the categorizer on the stream."""

from typing import Annotated, Literal

import typer

from streams.cli.inputs import BootstrapOption, ModelOption, load

DeliveryOption = Annotated[
    Literal["transactional", "at_least_once"] | None,
    typer.Option(
        metavar="HOW",
        help="transactional (exactly once) or at_least_once. Else EVENHAND_DELIVERY, or transactional.",
        show_default=False,
    ),
]
ConcurrencyOption = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Batches of different partitions in work at once. Else EVENHAND_CONCURRENCY, or 4.",
        show_default=False,
    ),
]
GroupOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Consumer group; its workers share the partitions. Else EVENHAND_GROUP_ID, or evenhand-categorizer.",
        show_default=False,
    ),
]
PrefixOption = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT",
        help="Put before every topic's name. Else EVENHAND_TOPIC_PREFIX, or nothing.",
        show_default=False,
    ),
]
PortOption = Annotated[
    int | None,
    typer.Option(
        metavar="PORT",
        help="Port of metrics and health; 0: any free one. Else EVENHAND_WEB_PORT, or 9464.",
        show_default=False,
    ),
]
LogOption = Annotated[
    Literal["debug", "info", "warning", "error"] | None,
    typer.Option(
        metavar="LEVEL",
        help="debug, info, warning or error. Else EVENHAND_LOG_LEVEL, or info.",
        show_default=False,
    ),
]


def worker(
    bootstrap_servers: BootstrapOption = None,
    model: ModelOption = None,
    delivery: DeliveryOption = None,
    concurrency: ConcurrencyOption = None,
    group_id: GroupOption = None,
    topic_prefix: PrefixOption = None,
    web_port: PortOption = None,
    log_level: LogOption = None,
) -> None:
    """Categorize the stream until SIGTERM or Ctrl-C.

    Reads the topic transactions; writes decisions, review requests and dead letters together with the input offset, in
    one Kafka transaction per batch. The topics must exist: see `evenhand topics create`.

    All other settings, such as TLS and SASL, come from EVENHAND_*. Metrics and health: http://127.0.0.1:9464/metrics,
    /healthz, /readyz.
    """
    from streams.apps.run import run_worker
    from streams.settings.settings import load_settings

    settings = load_settings(
        bootstrap_servers=bootstrap_servers,
        model=model,
        delivery=delivery,
        concurrency=concurrency,
        group_id=group_id,
        topic_prefix=topic_prefix,
        web_port=web_port,
        log_level=log_level,
    )
    run_worker(settings, load(settings))
