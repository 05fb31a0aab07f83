"""Steps of the learner as they come in, record by record: each is several parts and a `head`, and is applied whole."""

from models.learned.online.model import OnlineModel
from models.learned.online.records import HEAD


class Steps:
    """Puts the records of `models.updates` together, and applies each step to a model once its head is there.

    Args:
        model: Told each step; between two records somebody may decide by it.

    >>> steps = Steps(OnlineModel())
    >>> steps.take("merchant:out:bluebarn", b'{"category":"pets","of":1,"support":1}'), len(steps.model)
    (None, 0)
    """

    def __init__(self, model: OnlineModel) -> None:
        self.model = model
        self._parts: list[tuple[str, bytes | None]] = []

    @property
    def is_whole(self) -> bool:
        """Whether the model has what its head says: not while it reads a past of which later records took the place."""
        return self.model.digest == self.model.head.digest

    def take(self, name: str, content: bytes | None) -> int | None:
        """Take the next record.

        Returns:
            How many parts were applied; None where their head has not come yet.

        Raises:
            ArtefactError: A part of the step cannot be read: nothing of it is applied.
        """
        self._parts.append((name, content))
        if name != HEAD:
            return None
        step, self._parts = self._parts, []
        self.model.apply(step)
        return len(step) - 1

    def begin_again(self) -> None:
        """Forget a step whose head has not come: its records are read again."""
        self._parts = []
