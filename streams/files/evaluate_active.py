"""Playing orders of the review queue through on a labelled file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from models.artefacts.artefact import read_artefact
from models.artefacts.store import resolve
from models.errors import EmptyFileError
from models.evaluation.ablation import forgetful
from models.evaluation.data.labelled_file import LabelledFile
from models.evaluation.online.active import Activity, activity, capped, waiting_of
from models.evaluation.online.rows import seen
from models.learned.memory import memory_key
from streams.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class ActiveOptions:
    """How it is played.

    Args:
        forget: Share of the merchants that the model's memory is made to forget.
        cap: Rows of one merchant, at most.
        draws: How often the rows are divided, and all orders played.
    """

    forget: float = 0.5
    cap: int = 20
    draws: int = 5
    seed: int = 0


@dataclass(frozen=True, slots=True)
class PlayedOrders:
    """What was found on a file.

    Args:
        rows: Labelled rows that were used.
    """

    rows: int
    model_version: str
    played: Sequence[Activity]


def evaluate_active(
    rows: LabelledFile, settings: Settings, options: ActiveOptions, *, on_part: Callable[[str], None]
) -> PlayedOrders:
    """Decide on the rows of a file, and answer the requests among them in several orders.

    Args:
        on_part: Told the name of each part when it begins.

    Raises:
        FileError: The file cannot be read to its end.
        EmptyFileError: No request waits, or no row is left to judge.
        ArtefactError: The model cannot be used.
    """
    manifest, contents = read_artefact(resolve(settings.model))
    ensemble, memory = forgetful(contents, manifest.model_version, options.forget, precision=settings.precision)
    kept = capped(seen(ensemble, ((row.transaction, row.truth) for row in rows)), options.cap, seed=options.seed)
    findings = ensemble.findings([row.transaction for row in kept])
    unsure = [float(verdict.checked["uncertainty"]) for verdict, _ in findings]
    left_out = {
        place
        for place, row in enumerate(kept)
        if row.key is not None and memory.find(memory_key(row.keys.text)) is None
    }
    played = []
    for draw in range(options.draws):
        seed = options.seed + draw
        asked = set(Random(seed).sample(range(len(kept)), len(kept) // 2))
        waiting = waiting_of([(row, unsure[place]) for place, row in enumerate(kept) if place in asked])
        judged = [kept[place] for place in sorted(left_out - asked)]
        if not waiting or not judged:
            raise EmptyFileError("the file has no labelled rows that ask for a person, or none of merchants left out")
        on_part(f"division {draw + 1} of {options.draws}")
        played.append(activity(waiting, judged, seed=seed))
    return PlayedOrders(len(kept), manifest.model_version, played)
