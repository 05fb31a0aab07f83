"""The place of a demo: a folder of its own, a broker (its own or yours), settings that keep it apart."""

import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from streams.local.broker import HOST, LocalBroker, free_ports
from streams.settings.learning import LearningSettings, ReviewSettings
from streams.settings.settings import PREFIX, Settings, load_settings
from streams.trials.demo.process import DemoProcess

PARTITIONS = 4
GRACE_SECONDS = "1"
"""Time in which the reviewer could take an answer back; a demo has no half minute for that."""

Progress = Callable[[str], None]

WORKER, MONITOR, LEARNER, REVIEW = "worker", "monitor", "learner", "review"
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
        *(
            name.upper()
            for name in (ReviewSettings.model_fields | LearningSettings.model_fields)
            if name != "house_rules"
        ),
    }
)
"""Settings of the environment that would get in the demo's way or are not its to use; it takes their defaults."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder, a broker and the settings for both.

    Args:
        folder: Holds the logs of the processes and, with an own broker, its data.
        environ: For the processes: the same settings as `EVENHAND_*`.
        own_broker: The broker was started here; on one that was not, the topics must be deleted.
    """

    folder: Path
    settings: Settings
    environ: Mapping[str, str]
    own_broker: bool
    keep: bool

    def process(self, command: str) -> DemoProcess:
        """Make the `WORKER`, `MONITOR`, `LEARNER` or `REVIEW` of this place, to be started."""
        port = {
            WORKER: self.settings.web_port,
            MONITOR: self.settings.monitor_port,
            LEARNER: self.settings.learner_port,
            REVIEW: self.settings.review_port,
        }[command]
        doomed = None if self.keep else self.folder
        arguments = ("serve",) if command == REVIEW else ()
        log = self.folder / f"{command}.log"
        return DemoProcess(command, environ=self.environ, port=port, log=log, doomed=doomed, arguments=arguments)


@contextmanager
def open_place(broker: str | None, *, keep: bool, environ: Mapping[str, str], progress: Progress) -> Iterator[Place]:
    """Make the folder, start the broker unless one is given, and take all of it away at the end.

    Args:
        broker: Bootstrap servers of a broker that runs, or None to start one.
        environ: The environment whose `EVENHAND_*` the processes keep, but for what must be the demo's own.
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
    web_port, monitor_port, learner_port, review_port = free_ports(4)
    own = {
        "bootstrap_servers": servers,
        "topic_prefix": "" if own_broker else f"{name}.",
        "app_id": f"evenhand-{name}",
        "group_id": f"evenhand-{name}",
        "partitions": str(PARTITIONS),
        "web_host": HOST,
        "web_port": str(web_port),
        "monitor_port": str(monitor_port),
        "learner_port": str(learner_port),
        "review_port": str(review_port),
        "review_grace_seconds": GRACE_SECONDS,
        "review_unaided_share": "0",  # drawn by chance, and a demo is to go the same way each time
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
