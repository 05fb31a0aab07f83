"""What the commands of `evenhand bench` share: figures kept, steps shown, a source that is checked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from rich.progress import TextColumn
from rich.table import Table

from models.errors import FileError
from streams.cli.console import fail, print_json, progress, stdout
from streams.cli.exits import ExitCode
from streams.files.transactions import TransactionFile
from streams.trials.bench.kept import KEPT, Kept, keep
from streams.trials.bench.stream import VoidError


@dataclass(frozen=True, slots=True)
class FiguresKept:
    """Figures of an earlier run of a command: compared with those of this one, and replaced by them with --save.

    Args:
        before: What the file had when it was opened.
    """

    command: str
    file: Path
    save: bool
    before: Kept

    @classmethod
    def open(cls, command: str, file: Path, *, save: bool) -> Self:
        """Read them; refused before the work where there are none to read, or nowhere to save.

        Raises:
            FileError: The file does not exist or is of another kind.
        """
        if not file.exists() and (file != KEPT or save) and not (save and file.parent.is_dir()):
            raise FileError(f"{file} does not exist" + (", nor its folder" if save else ": --save writes one"))
        return cls(command, file, save, Kept.of(file, command))

    def tell(
        self,
        data: dict[str, Any],
        shown: Sequence[Table | str],
        figures: Mapping[str, float],
        run: Mapping[str, object],
        *,
        as_json: bool,
    ) -> None:
        """Print what was found and, where a run of this size was kept, the change against it; save where asked to."""
        alike = self.before.compares_with(run)
        if as_json:
            print_json(data | {"change": self.before.changes(figures) if alike else {}})
        else:
            for each in shown:
                stdout().print(each, markup=False)
            if self.before.figures and alike:
                stdout().print(self.before.table(figures))
            elif self.before.figures:
                stdout().print(f"not compared with what was kept, of another size: {self.before.about}", markup=False)
        if self.save:
            keep(self.file, self.command, figures, run=run)


def check_source(source: Path | None) -> None:
    """Open a file of transactions and close it again: one that cannot be used is refused before the work.

    Raises:
        FileError: It cannot be used.
    """
    if source is not None:
        with TransactionFile(source):
            return


@contextmanager
def steps() -> Iterator[Callable[[str], None]]:
    """Show the present step; a benchmark that is void is a failed verification, not an environment at fault."""
    try:
        with progress(TextColumn("")) as display:
            task = display.add_task("starting")
            yield lambda text: display.update(task, description=text)
    except VoidError as error:
        fail(str(error), ExitCode.FAILED, error=error)
