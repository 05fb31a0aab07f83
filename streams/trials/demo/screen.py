"""The screen while the demo runs: a live view on a terminal, a line now and then elsewhere. All on stderr."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.text import Text

from streams.trials.demo.board import Board
from streams.trials.demo.view import draw, plain_line

LINE_SECONDS = 3.0
"""Time between two lines where there is no terminal."""


class Screen:
    """Shows steps, and the board of the replay."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._is_live = console.is_terminal and not console.is_dumb_terminal
        self._status = console.status("")
        self._live: Live | None = None
        self._line_at = 0.0

    def step(self, text: str) -> None:
        """Say what is being done now: with a spinner that leaves nothing behind, or as a line."""
        if self._is_live:
            self._status.update(Text(text))
            self._status.start()
        else:
            self.say(text)

    def say(self, text: str) -> None:
        """Print a line that stays."""
        self.clear()
        self._console.print(Text(text), soft_wrap=True)

    def clear(self) -> None:
        """Take the spinner away."""
        self._status.stop()

    @contextmanager
    def live(self) -> Iterator[None]:
        """Show the board until the block is left; the terminal is then as it was before."""
        self.clear()
        if not self._is_live:
            yield
            return
        with Live(console=self._console, screen=True, auto_refresh=False) as self._live:
            yield

    def show(self, board: Board) -> None:
        """Show the board as it is now."""
        if self._live is not None:
            width, height = self._console.size
            self._live.update(draw(board, width=width, height=height), refresh=True)
        elif board.elapsed - self._line_at >= LINE_SECONDS:
            self._line_at = board.elapsed
            self._console.print(Text(plain_line(board)), soft_wrap=True)
