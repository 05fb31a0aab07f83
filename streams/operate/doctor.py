"""Checks of this machine: they change nothing, and never fail themselves."""

import asyncio
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from pydantic import SecretStr

from models.artefacts.artefact import DEFAULT_MODEL, read_artefact
from models.artefacts.store import resolve
from models.errors import ArtefactError, ConfigurationError, FileError, ToolError
from models.voters.house.rules import HouseRules
from streams.kafka.topics import check_partitions, partition_counts
from streams.local.kafka_jars import find_java
from streams.messages.roles import Role
from streams.settings.settings import PREFIX, Settings, load_settings, unknown_variables

PYTHONS = ((3, 11), (3, 13))
"""First version that works, first that does not."""

BROKER_SECONDS = 5.0
SMALLEST_DISK = 1 << 30
"""Free bytes below which a note is given: the local broker and its jars take less than half of it."""

OLDEST_JAVA = 17
PROGRAM_SECONDS = 10.0


class State(StrEnum):
    """Result of a check."""

    OK = "ok"
    MISSING = "missing"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Args:
        hint: What to do, where there is something to do.
        required: Whether the core, categorizing files, cannot work without it.
    """

    name: str
    state: State
    detail: str
    hint: str = ""
    required: bool = False


def core_works(findings: list[Finding]) -> bool:
    """True where all that the core needs is there."""
    return all(finding.state is State.OK for finding in findings if finding.required)


def examine(environ: Mapping[str, str] = os.environ) -> list[Finding]:
    """Look at everything.

    Args:
        environ: Environment in which programs and misspelt settings are looked for.
    """
    return [_python(), *_packages(), *_configured(), *_misspelt(environ), *_programs(environ), *_extras(), _disk()]


def _configured() -> Iterator[Finding]:
    try:
        settings = load_settings()
    except ConfigurationError as error:
        yield Finding("settings", State.MISSING, str(error), f"correct the {PREFIX}* variables", required=True)
        yield _model(None)
    else:
        yield _settings(settings)
        yield _model(settings.model)
        if settings.house_rules:
            yield _house_rules(Path(settings.house_rules))
        # Only with settings that hold: others would try a broker that nobody meant.
        yield asyncio.run(_broker(settings))


def _misspelt(environ: Mapping[str, str]) -> Iterator[Finding]:
    for variable in unknown_variables(environ):
        hint = f"did you mean {variable.closest}?" if variable.closest else "unset it, or see docs/settings.md"
        yield Finding(variable.name, State.NOTE, "is no setting and has no effect", hint)


def _python() -> Finding:
    first, last = PYTHONS
    fine = first <= sys.version_info[:2] < last
    return Finding(
        "python",
        State.OK if fine else State.MISSING,
        f"{platform.python_version()}, {sys.executable}",
        "" if fine else f"use Python {first[0]}.{first[1]} or {last[0]}.{last[1] - 1}",
        required=True,
    )


def _requirements() -> Iterator[tuple[str, str | None]]:
    """Name of every package that the project depends on, with the extra that brings it, or None for the core."""
    for line in requires("evenhand") or ():
        name, _, marker = line.partition(";")
        extra = re.search(r"extra == [\"'](\w+)", marker)
        yield re.split(r"[\s<>=!~\[(]", name.strip())[0], extra[1] if extra else None


def _versions(extra: str | None) -> tuple[dict[str, str], list[str]]:
    """Versions of what is installed of the core or an extra, and the names of what is not."""
    found, missing = {}, []
    for name in sorted(name for name, brought_by in _requirements() if brought_by == extra):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            missing.append(name)
    return found, missing


def _listed(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in versions.items())


def _packages() -> Iterator[Finding]:
    yield Finding("evenhand", State.OK, version("evenhand"))
    found, missing = _versions(None)
    if missing:
        yield Finding("packages", State.MISSING, ", ".join(missing), "pip install evenhand", required=True)
    else:
        yield Finding("packages", State.OK, _listed(found), required=True)


EXTRAS = {
    "embeddings": "sentence embeddings; brings torch, several GB",
}


def _extras() -> Iterator[Finding]:
    for extra, use in EXTRAS.items():
        found, missing = _versions(extra)
        if missing:
            yield Finding(f"extra {extra}", State.NOTE, f"not installed ({use})", f"pip install 'evenhand[{extra}]'")
        else:
            yield Finding(f"extra {extra}", State.OK, _listed(found))


def _settings(settings: Settings) -> Finding:
    changed = [
        # The report is there to be shown to others.
        f"{PREFIX}{name.upper()}={'(secret)' if isinstance(value, SecretStr) else value}"
        for name, value in settings
        if value != type(settings).model_fields[name].default
    ]
    return Finding("settings", State.OK, ", ".join(changed) or "all defaults", required=True)


def _model(named: Path | None) -> Finding:
    try:
        folder = resolve(named)
        manifest, _ = read_artefact(folder)
    except ArtefactError as error:
        return Finding(
            "model", State.MISSING, str(error).partition(";")[0], "evenhand train --output DIR", required=True
        )
    which = "shipped" if folder == DEFAULT_MODEL else str(folder)
    return Finding(
        "model", State.OK, f"{manifest.model_version}, {which}, sha256 of every file verified", required=True
    )


def _house_rules(path: Path) -> Finding:
    try:
        rules = HouseRules.read(path)
    except FileError as error:
        hint = f"evenhand rules check --rules {path}"
        return Finding("house rules", State.MISSING, str(error), hint, required=True)
    return Finding(
        "house rules", State.OK, f"{len(rules)} of {path}, version {rules.version or '(none)'}", required=True
    )


async def _broker(settings: Settings) -> Finding:
    where = settings.bootstrap_servers
    try:
        async with asyncio.timeout(BROKER_SECONDS):
            counts = await partition_counts(settings)
    # A note, not a fault: files are categorized without a broker.
    except (ConfigurationError, TimeoutError) as error:
        what = str(error) or f"no Kafka broker answers at {where} within {BROKER_SECONDS:.0f} s"
        return Finding(
            "broker",
            State.NOTE,
            what.partition(": check")[0],
            f"set {PREFIX}BOOTSTRAP_SERVERS; `evenhand demo` needs none",
        )
    try:
        check_partitions(settings, counts)
    except ConfigurationError as error:
        return Finding("broker", State.NOTE, f"{where} answers; {error}", "evenhand topics create")
    return Finding("broker", State.OK, f"{where} answers; topics with {counts[Role.TRANSACTIONS]} partitions")


def _programs(environ: Mapping[str, str]) -> Iterator[Finding]:
    for name, option, purpose, install, find in _PROGRAMS:
        try:
            said = _said([str(find(environ)), option], environ)
        except (ToolError, OSError, subprocess.SubprocessError):
            yield Finding(name, State.MISSING, f"not found; {purpose}", install)
            continue
        yield _program(name, said, purpose, install)


def _program(name: str, said: str, purpose: str, install: str) -> Finding:
    number = re.search(r"\d+(\.\d+)+|(?<=\")\d+", said)
    if name == "java" and number and int(number[0].partition(".")[0]) < OLDEST_JAVA:
        return Finding(name, State.MISSING, f"{number[0]} is older than {OLDEST_JAVA}; {purpose}", install)
    return Finding(name, State.OK, number[0] if number else "found")


def _said(command: list[str], environ: Mapping[str, str]) -> str:
    done = subprocess.run(
        command,
        env=dict(environ),
        # A program that asks would wait for an answer that nobody gives.
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PROGRAM_SECONDS,
        check=True,
    )
    # Java writes its version to stderr.
    return done.stdout + done.stderr


def _on_path(program: str) -> Callable[[Mapping[str, str]], Path]:
    def find(environ: Mapping[str, str]) -> Path:
        if found := shutil.which(program, path=environ.get("PATH", "")):
            return Path(found)
        raise ToolError(f"{program} was not found")

    return find


_PROGRAMS: tuple[tuple[str, str, str, str, Callable[[Mapping[str, str]], Path]], ...] = (
    ("java", "-version", "for `evenhand demo` and the tests", "apt install openjdk-17-jre-headless", find_java),
    ("maven", "--version", "fetches the local broker once", "apt install maven", _on_path("mvn")),
    ("node", "--version", "only for tests of the AsyncAPI document", "apt install nodejs npm", _on_path("node")),
)


def _disk() -> Finding:
    usage = shutil.disk_usage(Path.cwd())
    detail = f"{usage.free / 1e9:.1f} GB free of {usage.total / 1e9:.1f} GB in {Path.cwd()}"
    if usage.free < SMALLEST_DISK:
        return Finding("disk", State.NOTE, detail, "make room: the demo needs 1 GB")
    return Finding("disk", State.OK, detail)
