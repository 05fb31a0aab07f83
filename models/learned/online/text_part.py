"""The model of texts beside the memory of merchants: what the learner asks of it, and what a worker asks."""

from collections.abc import Callable
from typing import Protocol


class TextReader(Protocol):
    """Weights of the model of texts, as a worker has them."""

    def predict(self, text: str) -> list[tuple[str, float]]:
        """Categories with their probability, best first; empty where it knows nothing."""
        ...


class TextPart(TextReader, Protocol):
    """The model of texts, as the learner has it. The same pairs in the same order give the same bytes."""

    def learn(self, text: str, category: str) -> None:
        """Learn one pair."""
        ...

    def snapshot(self) -> bytes:
        """The weights, for workers."""
        ...

    @property
    def digest(self) -> str:
        """Of the whole state, in hex."""
        ...


NewText = Callable[[], TextPart]
"""Makes a model of texts that has learned nothing: what is unlearned is left out of a new one."""

ReadText = Callable[[bytes], TextReader]
"""Reads a snapshot."""
