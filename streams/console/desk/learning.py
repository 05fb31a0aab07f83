"""What the page of learning needs: the learner's report, and a way to tell it what people decide."""

from collections.abc import Mapping
from typing import Protocol

from models.contracts.instructions import Instruction


class Learning(Protocol):
    """The learner, as those see it who say what is learned."""

    async def report(self) -> Mapping[str, object] | None:
        """The latest report (`models.learned.online.learner`); None where none was heard of.

        Raises:
            DeskError: Kafka does not answer.
        """
        ...

    async def instruct(self, instruction: Instruction) -> None:
        """Write an instruction into the learner's journal; it has been committed when this returns.

        Raises:
            DeskError: It was not written.
        """
        ...
