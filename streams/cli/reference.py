"""`evenhand reference`: take your own traffic as what later traffic is compared with."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from models.statistics.counting import several
from monitors.base.reference import reference_json
from streams.cli.console import stdout
from streams.console.client import read_confidence
from streams.local.atomic import replace_file
from streams.settings.settings import load_settings

ConsoleOption = Annotated[
    str | None, typer.Option(metavar="URL", help="Address of the monitor's console. Else that on this machine.")
]
WindowOption = Annotated[
    Literal["1h", "24h", "7d"], typer.Option(metavar="WINDOW", help="1h, 24h or 7d, up to the newest event.")
]
OutputOption = Annotated[Path, typer.Option(metavar="FILE", help="Where it goes; a file that is there is replaced.")]


def reference(output: OutputOption, console: ConsoleOption = None, window: WindowOption = "7d") -> None:
    """Write the confidences of your own traffic to a file, for EVENHAND_REFERENCE.

    Takes them from a monitor that runs, over one of its windows. Do it while all is well: what is in the file counts as
    normal from then on. Take it anew after each change of the model. A console that asks for a token gets
    EVENHAND_WEB_TOKEN.
    """
    settings = load_settings()
    found = read_confidence(console or f"http://127.0.0.1:{settings.monitor_port}", window, token=settings.web_token)
    replace_file(output, reference_json(found).encode())
    decisions = 0 if found.confidence is None else int(found.confidence.sum())
    stdout().print(
        f"{output}: confidences of {several(decisions, 'decision')}, window {window}", markup=False, soft_wrap=True
    )
