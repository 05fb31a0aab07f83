"""What several commands share: the settings, the model, the clock, files of transactions, and running a coroutine."""

from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from models.decisions.ensemble import Ensemble
    from streams.files.transactions import TransactionFile
    from streams.settings.settings import Settings

T = TypeVar("T")

JsonOption = Annotated[bool, typer.Option("--json", metavar="", help="Print JSON for programs instead of tables.")]
ModelOption = Annotated[
    Path | None,
    typer.Option(
        "--model",
        metavar="DIR",
        help="Model artefact, or store of models. Else EVENHAND_MODEL, or the shipped model.",
        show_default=False,
    ),
]
BootstrapOption = Annotated[
    str | None,
    typer.Option(
        "--bootstrap-servers",
        metavar="HOST:PORT",
        help="Kafka brokers, comma-separated. Else EVENHAND_BOOTSTRAP_SERVERS, or 127.0.0.1:9092.",
        show_default=False,
    ),
]


def now() -> datetime:
    """The time of day in UTC."""
    return datetime.now(UTC)


def load(settings: "Settings") -> "Ensemble":
    """The ensemble that the settings ask for.

    Raises:
        ArtefactError: The model cannot be used.
    """
    from models.decisions.loading import load_ensemble

    return load_ensemble(
        settings.model, policy=settings.policy, threshold=settings.review_threshold, precision=settings.precision
    )


@contextmanager
def transaction_file(path: Path) -> Iterator["TransactionFile"]:
    """A file of transactions; one that cannot be used ends the program with the exit code for wrong use."""
    from streams.files.transactions import TransactionFile

    with TransactionFile(path) as rows:
        yield rows


def require_rows(count: int, path: Path) -> None:
    """End with the exit code for an empty input where there were no rows; what was asked for is done and shown.

    Raises:
        EmptyFileError: There were none.
    """
    from models.errors import EmptyFileError

    if not count:
        raise EmptyFileError(f"{path} has no rows")


def run(work: Coroutine[Any, Any, T], settings: "Settings") -> T:
    """Run a coroutine that talks to Kafka.

    Raises:
        ConfigurationError: The broker cannot be reached or refuses; the message says which error of Kafka it is.
    """
    import uvloop
    from aiokafka.errors import KafkaConnectionError, KafkaError

    from models.errors import ConfigurationError
    from streams.kafka.topics import unreachable

    try:
        return uvloop.run(work)
    except KafkaConnectionError:
        raise unreachable(settings) from None
    except KafkaError as error:
        raise ConfigurationError(
            f"Kafka at {settings.bootstrap_servers} refuses ({type(error).__name__}): check the rights of this user"
        ) from error
