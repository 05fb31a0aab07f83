"""The place of a demo: a folder of its own, a broker (its own or yours), settings that keep it apart."""

import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from streams.local.broker import HOST, LocalBroker, free_ports
from streams.settings.settings import PREFIX, Settings, load_settings
from streams.trials.demo.process import DemoProcess

PARTITIONS = 4

Progress = Callable[[str], None]

WORKER, MONITOR = "worker", "monitor"
"""Commands that a demo runs."""

_WITHHELD = frozenset(
    {
        "WEB_TOKEN",
        "WEB_CERTIFICATE_LOCATION",
        "WEB_KEY_LOCATION",
        "GROUP_INSTANCE_ID",
        "ALERTMANAGER_TOKEN",
        "ALERTMANAGER_CA_LOCATION",
        "ALERTMANAGER_ALLOWED",
        "REFERENCE",
        "MONITOR_RULES",
        "BLIND_SEED",
        "BLIND_SHARE",
    }
)
"""Settings of the environment that would get in the demo's way or are not its to use; it takes their defaults."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder, a broker and the settings for both.

    Args:
        folder: Holds the logs of worker and monitor and, with an own broker, its data.
        environ: For worker and monitor: the same settings as `EVENHAND_*`.
        own_broker: The broker was started here; on one that was not, the topics must be deleted.
    """

    folder: Path
    settings: Settings
    environ: Mapping[str, str]
    own_broker: bool
    keep: bool

    def process(self, command: str) -> DemoProcess:
        """Make the `WORKER` or the `MONITOR` of this place, to be started."""
        port = {WORKER: self.settings.web_port, MONITOR: self.settings.monitor_port}[command]
        doomed = None if self.keep else self.folder
        return DemoProcess(command, environ=self.environ, port=port, log=self.folder / f"{command}.log", doomed=doomed)


@contextmanager
def open_place(broker: str | None, *, keep: bool, environ: Mapping[str, str], progress: Progress) -> Iterator[Place]:
    """Make the folder, start the broker unless one is given, and take all of it away at the end.

    Args:
        broker: Bootstrap servers of a broker that runs, or None to start one.
        environ: The environment whose `EVENHAND_*` worker and monitor keep, but for what must be the demo's own.
        progress: Told, in one line, before anything that takes long.

    Raises:
        ToolError: No broker is given, and Java or Maven is missing.
        ConfigurationError: A setting is wrong.
    """
    folder = Path(tempfile.mkdtemp(prefix="evenhand-demo-"))
    try:
        if broker is None:
            with LocalBroker(folder=folder / "kafka", environ=environ, progress=progress) as local:
                yield _place(folder, local.bootstrap_servers, environ, own_broker=True, keep=keep)
        else:
            yield _place(folder, broker, environ, own_broker=False, keep=keep)
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _place(folder: Path, servers: str, environ: Mapping[str, str], *, own_broker: bool, keep: bool) -> Place:
    name = f"demo-{secrets.token_hex(4)}"
    web_port, monitor_port = free_ports(2)
    own = {
        "bootstrap_servers": servers,
        "topic_prefix": "" if own_broker else f"{name}.",
        "app_id": f"evenhand-{name}",
        "group_id": f"evenhand-{name}",
        "partitions": str(PARTITIONS),
        "web_host": HOST,
        "web_port": str(web_port),
        "monitor_port": str(monitor_port),
        "llm_url": "",  # a demo is no reason to ask the bank's model
        "alertmanager_url": "",  # nor to page anybody
    }
    if own_broker:
        own |= {"security_protocol": "PLAINTEXT", "replication_factor": "1"}
    apart = {PREFIX + name for name in _WITHHELD} | {PREFIX + key.upper() for key in own}
    inherited = {key: value for key, value in environ.items() if key.upper() not in apart}
    return Place(
        folder=folder,
        settings=load_settings(**own),
        environ=inherited | {PREFIX + key.upper(): value for key, value in own.items()} | {"TMPDIR": str(folder)},
        own_broker=own_broker,
        keep=keep,
    )
