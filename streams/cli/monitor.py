"""`evenhand monitor`: fairness monitors, alerts and the console."""

from typing import Annotated

from streams.cli.inputs import BootstrapOption, ModelOption, setting
from streams.cli.worker import GroupOption, LogOption, PrefixOption
from streams.settings.settings import load_settings

PortOption = Annotated[int | None, setting("monitor_port", "PORT")]


def monitor(
    bootstrap_servers: BootstrapOption = None,
    model: ModelOption = None,
    group_id: GroupOption = None,
    topic_prefix: PrefixOption = None,
    monitor_port: PortOption = None,
    log_level: LogOption = None,
) -> None:
    """Watch how evenly the stream is treated until SIGTERM or Ctrl-C.

    Reads the workers' summaries (fairness.observations) and what people decided (transactions.corrections); keeps
    rolling windows of 1 h, 24 h and 7 d; writes alerts to fairness.alerts and, where EVENHAND_ALERTMANAGER_URL is set,
    posts them to Alertmanager. Of several monitors one judges and the others stand by.

    All other settings come from EVENHAND_*. Console: http://127.0.0.1:9465/, with /metrics, /healthz, /readyz.
    """
    # Faust takes a second of CPU to import: help and a mistyped option do without it.
    from streams.apps.run_monitor import run_monitor
    from streams.monitor.judging import load_judging

    settings = load_settings(
        bootstrap_servers=bootstrap_servers,
        model=model,
        group_id=group_id,
        topic_prefix=topic_prefix,
        monitor_port=monitor_port,
        log_level=log_level,
    )
    run_monitor(settings, load_judging(settings))
