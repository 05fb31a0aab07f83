"""Draws by a keyed hash of an id: the same ones wherever and whenever they are asked about."""

from dataclasses import dataclass, field
from hashlib import blake2b


@dataclass(frozen=True, slots=True)
class KeyedSample:
    """Draws transactions by their id: the same seed draws the same ones, whoever asks and in whatever order.

    Args:
        share: Probability of being drawn, in [0, 1].
        seed: Whoever knows it can tell which transactions will be drawn.

    >>> sample = KeyedSample(share=0.25, seed="a secret")
    >>> sum(sample.takes(f"tx-{number}") for number in range(10_000))
    2555
    """

    share: float
    seed: str = field(repr=False)
    _keyed: blake2b = field(init=False, repr=False, compare=False)
    _below: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Keyed: without the seed nobody can choose ids that are never drawn. Copied for each id, rather than made anew.
        key = blake2b(self.seed.encode(), digest_size=32).digest()
        object.__setattr__(self, "_keyed", blake2b(digest_size=8, key=key))
        # As the digest has it, most significant byte first, so that bytes compare as the numbers do; 2^64 has one more.
        below = round(self.share * 2**64)
        object.__setattr__(self, "_below", below.to_bytes(8, "big") if below < 2**64 else b"\xff" * 9)

    def takes(self, transaction_id: str) -> bool:
        """Draw a transaction, or do not; always the same for the same id and seed."""
        drawn = self._keyed.copy()
        drawn.update(transaction_id.encode())
        return drawn.digest() < self._below
