"""`evenhand demo`: the whole system on this machine, with real transactions, in about a minute."""

import asyncio
import os
import signal
from types import FrameType
from typing import Annotated

import typer

from models.training.config import SAMPLE_ROWS
from streams.cli.console import print_json, stderr, stdout
from streams.cli.exits import ExitCode
from streams.cli.inputs import JsonOption
from streams.trials.demo.closing import draw_summary
from streams.trials.demo.place import open_place
from streams.trials.demo.run import DemoOptions, run_demo
from streams.trials.demo.screen import Screen
from streams.trials.demo.summary import as_json as summary_as_json

INTERRUPTED = 130
"""Exit code after Ctrl-C or SIGTERM, as a shell gives it: 128 + SIGINT."""


def demo(
    transactions: Annotated[
        int, typer.Option(min=10, max=SAMPLE_ROWS, help="How many to replay, the latest.")
    ] = 20_000,
    seconds: Annotated[
        float, typer.Option(min=0.5, help="Time into which all but the last thousand are compressed.")
    ] = 20.0,
    text_only: Annotated[bool, typer.Option("--text-only", help="Withhold the merchant category codes.")] = False,
    broker: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="Use this broker; topics get a prefix and are deleted afterwards."),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the folder with the logs and Kafka's data.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Replay real transactions through a real broker and worker, answer unsure ones, and verify every one.

    Starts Kafka (needs Java 17 and Maven) unless --broker names one, a worker, a monitor, a learner and a review queue;
    replays the shipped transactions with ten broken messages among them; a scripted reviewer answers fifty requests,
    and the last thousand transactions come after that. Shows decisions, review rates, what the fairness monitors say,
    what was learned and what the last thousand gained by it, and dead letters; checks that every input has exactly one
    terminal record; leaves nothing behind.

    Example: evenhand demo --transactions 5000 --seconds 5
    """
    screen = Screen(stderr())
    options = DemoOptions(transactions, seconds, with_mcc=not text_only)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # keep ignoring what the parent ignores (nohup)
            signal.signal(number, _interrupt)
    try:
        with open_place(broker, keep=keep, environ=os.environ, progress=screen.step) as place:
            summary = asyncio.run(run_demo(place, options, screen))
            screen.step("stopping Kafka" if place.own_broker else "clearing up")
    except KeyboardInterrupt:
        screen.say("interrupted; everything that was started has been stopped")
        raise typer.Exit(INTERRUPTED) from None
    finally:
        screen.clear()
    if keep:
        screen.say(f"kept: {place.folder}")
    if as_json:
        print_json(summary_as_json(summary))
    else:
        console = stdout()
        console.print(draw_summary(summary, width=console.width))
    raise typer.Exit(int(ExitCode.OK if summary.ok else ExitCode.FAILED))


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """End as Ctrl-C does, which asyncio knows how to take: whatever was started is stopped on the way out."""
    signal.raise_signal(signal.SIGINT)
