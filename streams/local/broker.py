"""A real Kafka broker on this machine, for `evenhand demo`, tests and benches.

One JVM is broker and controller at once (KRaft, one node), on loopback ports, with its data in a folder of its own.
It is no broker for a bank: one replica, plaintext, no authentication.
"""

import os
import random
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from models.errors import ToolError
from streams.local.guarded_child import GuardedChild
from streams.local.kafka_jars import DEFAULT_LIBS, OPS, fetch_jars, find_java

HOST = "127.0.0.1"
START_SECONDS = 60.0
STOP_SECONDS = 30.0

# Below Linux's range of ephemeral ports (32768 and up): a client that retries a stopped broker on an ephemeral port
# can be given that very port as its own source, connect to itself, and keep the broker from coming back.
PORTS = range(15_000, 32_000)

# The client compiler alone and the serial collector: on two cores that halves the start and, over 400,000 messages,
# costs a third less CPU than the default, at the same throughput.
JVM_FLAGS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Djava.awt.headless=true")

SETTINGS: Mapping[str, str] = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name": "PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    # One node, so one replica of everything.
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # After a kill the controller refuses the new process until the old one's session ends.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    # Quick start, quick rebalances, quick end of abandoned transactions.
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "4",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "log.cleaner.dedupe.buffer.size": "4194304",
    # A misspelt topic must fail, and a 10 MB message must reach the worker, which refuses it by size.
    "auto.create.topics.enable": "false",
    "message.max.bytes": str(12 * 1024 * 1024),
    "replica.fetch.max.bytes": str(12 * 1024 * 1024),
}
"""Configuration of every local broker; `LocalBroker(config=...)` adds to it or overrides it."""


class LocalBroker:
    """A single-node Kafka that can be started, stopped, killed and started again on the same data and ports.

    If this Python process dies, however it dies, the JVM is killed with it.

    Args:
        folder: Where data, configuration and log live. By default a temporary folder that `close` removes; a folder
            that is handed in stays.
        port: Where clients find it; None for any free one.
        libs: Folder of Kafka's jars, fetched with Maven when they are not there.
        config: Broker settings that add to or override `SETTINGS`.
        heap: Largest heap of the JVM, as Java's `-Xmx` takes it.
        environ: Environment in which Java and Maven are looked for and run; this process's own by default.
        progress: Called with one line of text before anything that takes long.

    Example::

        with LocalBroker() as broker:
            producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers)
    """

    def __init__(
        self,
        *,
        folder: Path | None = None,
        port: int | None = None,
        libs: Path = DEFAULT_LIBS,
        config: Mapping[str, str] | None = None,
        heap: str = "512m",
        environ: Mapping[str, str] | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self._environ = dict(os.environ if environ is None else environ)
        self._java = find_java(self._environ)
        self._progress = progress or _silent
        self._libs = libs
        self._heap = heap
        self._temporary = folder is None
        self.folder = Path(tempfile.mkdtemp(prefix="evenhand-kafka-")) if folder is None else folder.resolve()
        self._port, self._controller_port = free_ports(2)
        self._port = port or self._port
        self._config = {**SETTINGS, **self._addresses(), **(config or {})}
        self._process: GuardedChild | None = None

    @property
    def bootstrap_servers(self) -> str:
        """Address for clients, `host:port`; the same over restarts."""
        return f"{HOST}:{self._port}"

    @property
    def log_file(self) -> Path:
        """Kafka's own log."""
        return self.folder / "logs" / "server.log"

    @property
    def running(self) -> bool:
        """True while the JVM is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Process id of the running JVM.

        Raises:
            ToolError: The broker is not running.
        """
        if self._process is None:
            raise ToolError("the local broker is not running: call start() first")
        return self._process.pid

    def start(self) -> None:
        """Start the broker and return when it answers; does nothing while it runs.

        Raises:
            ToolError: Java or Maven is missing, the jars cannot be fetched, or the broker ended or did not answer in
                time; the message then has the end of its log.
        """
        if self.running:
            return
        self.kill()  # the guard of a JVM that ended by itself: it would remove the folder
        fetch_jars(libs=self._libs, environ=self._environ, progress=self._progress)
        self._progress("starting Kafka")
        self._format()
        with self._console.open("ab") as console:
            self._process = GuardedChild(
                self._command("kafka.Kafka", self._properties),
                environ=self._environ,
                output=console,
                doomed=self.folder if self._temporary else None,
            )
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Stop the broker in good order (SIGTERM); after 30 s, the hard way. The data stay."""
        if self._process is not None:
            self._process.stop(within=STOP_SECONDS)
        self._process = None

    def kill(self) -> None:
        """End the broker with SIGKILL, as a crash would. The data stay."""
        if self._process is not None:
            self._process.kill()
        self._process = None

    def close(self) -> None:
        """Stop the broker and remove its folder, if the folder was its own."""
        self.stop()
        if self._temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"

    @property
    def _console(self) -> Path:
        return self.folder / "logs" / "console.log"

    def _addresses(self) -> dict[str, str]:
        return {
            "listeners": f"PLAINTEXT://{HOST}:{self._port},CONTROLLER://{HOST}:{self._controller_port}",
            "advertised.listeners": f"PLAINTEXT://{HOST}:{self._port}",
            "controller.quorum.voters": f"1@{HOST}:{self._controller_port}",
            "log.dirs": str(self.folder / "data"),
        }

    def _format(self) -> None:
        """Write the configuration and, the first time, lay out KRaft's storage."""
        (self.folder / "logs").mkdir(parents=True, exist_ok=True)
        self._properties.write_text("".join(f"{name}={value}\n" for name, value in self._config.items()))
        if (self.folder / "data" / "meta.properties").exists():
            return
        arguments = ("format", "--cluster-id", cluster_id(uuid.uuid4()), "--config", self._properties)
        done = subprocess.run(
            self._command("kafka.tools.StorageTool", *arguments),
            env=self._environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            said = (done.stdout + done.stderr).strip()[-2000:]
            raise ToolError(f"Kafka's storage could not be laid out in {self.folder} (Java 17 or newer?):\n{said}")

    def _command(self, main: str, *arguments: str | Path) -> list[str]:
        flags = (
            *JVM_FLAGS,
            f"-Xmx{self._heap}",
            f"-Dlog4j2.configurationFile={OPS / 'log4j2.properties'}",
            f"-Devenhand.broker.logs={self.folder / 'logs'}",
        )
        return [str(self._java), *flags, "-cp", f"{self._libs}/*", main, *map(str, arguments)]

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(self._port):
            if not self.running:
                raise ToolError(f"the local broker ended while starting:\n{self._last_words()}")
            if time.monotonic() > deadline:
                raise ToolError(f"the local broker did not answer in {START_SECONDS:.0f} s:\n{self._last_words()}")
            time.sleep(0.05)

    def _last_words(self) -> str:
        files = (self._console, self.log_file)
        lines = [line for file in files if file.is_file() for line in file.read_text(errors="replace").splitlines()]
        return "\n".join(lines[-20:])


def cluster_id(drawn: uuid.UUID) -> str:
    """Kafka's form of a UUID: 22 characters of URL-safe base64, the first never a dash.

    Kafka's tools take a word that begins with a dash for an option, so the highest bit is cleared: what is left of the
    first character are letters.
    """
    first, *rest = drawn.bytes
    return urlsafe_b64encode(bytes((first & 0x7F, *rest))).decode().rstrip("=")


def _answers(port: int) -> bool:
    """Ask the broker on `port` for Metadata (version 1, no topics); true where it answers and lists itself.

    An open port is not enough: it opens seconds before the broker is admitted to the cluster.
    """
    # By hand: a client would retry and log for seconds while nothing answers yet.
    request = struct.pack(">hhihi", 3, 1, 7, -1, 0)
    try:
        with socket.create_connection((HOST, port), timeout=2.0) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            with connection.makefile("rb") as stream:
                _size, correlation, brokers = struct.unpack(">iii", stream.read(12))
    except (OSError, struct.error):
        return False
    return bool(correlation == 7 and brokers >= 1)


def free_ports(count: int) -> list[int]:
    """Draw so many different ports of `PORTS` on which nothing listens now."""
    ports: list[int] = []
    while len(ports) < count:
        # At random, so that brokers that start at the same time seldom try the same ports.
        port = random.choice(PORTS)
        if port not in ports and is_free(port):
            ports.append(port)
    return ports


def is_free(port: int) -> bool:
    """Whether nothing listens on a port of this machine."""
    with socket.socket() as probe:
        # Connections that ended a moment ago are no listeners.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _silent(_line: str) -> None:
    """Progress that goes nowhere."""
