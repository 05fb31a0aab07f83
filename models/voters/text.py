"""Vote by what was learned from descriptions: n-grams and words of the merchant text, with a calibrated probability."""

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from models.events import Transaction
from models.normalise import merchant_text
from models.text_model import TextModel
from models.voting import Ballot, Method

CACHE_SIZE = 50_000
"""Merchant texts remembered; about 30 MB where all are used."""

ALTERNATIVES = 3
"""Other categories that a ballot names."""

_CHUNK = 4_096
"""Texts scored at once, which bounds memory."""

_DIGITS = 6
"""Digits kept of a probability; those after them are noise of the arithmetic."""


class TextVoter:
    """The voter of method `text`.

    Descriptions repeat, so ballots are kept by merchant text, the least recently used given up first.

    Args:
        model: From `models.text_files.from_files`.
        cache_size: How many merchant texts to remember; 0 for none.
    """

    def __init__(self, model: TextModel, *, cache_size: int = CACHE_SIZE) -> None:
        self._model = model
        self._cache_size = cache_size
        self._cache: OrderedDict[str, Ballot | None] = OrderedDict()

    @property
    def method(self) -> Method:
        """Always `Method.TEXT`."""
        return Method.TEXT

    def remembered(self) -> tuple[str, ...]:
        """Merchant texts in the cache, the least recently used first."""
        return tuple(self._cache)

    def vote(self, transactions: Sequence[Transaction]) -> list[Ballot | None]:
        """Give the most probable category; None where nothing of the text is known.

        Args:
            transactions: Any number of transactions.

        Returns:
            One ballot or None per transaction, in the order given.
        """
        texts = [merchant_text(transaction.description) for transaction in transactions]
        cache = self._cache
        ballots: dict[str, Ballot | None] = {}
        unknown: list[str] = []
        for text in dict.fromkeys(texts):
            if text in cache:
                cache.move_to_end(text)
                ballots[text] = cache[text]
            else:
                unknown.append(text)
        for start in range(0, len(unknown), _CHUNK):
            ballots.update(self._score(unknown[start : start + _CHUNK]))
        self._remember(unknown, ballots)
        return [ballots[text] for text in texts]

    def _remember(self, texts: Sequence[str], ballots: dict[str, Ballot | None]) -> None:
        self._cache.update((text, ballots[text]) for text in texts)
        while len(self._cache) > self._cache_size:
            self._cache.popitem(last=False)

    def _score(self, texts: Sequence[str]) -> dict[str, Ballot | None]:
        model = self._model
        encoded = model.encode(texts)
        probabilities = model.probabilities(encoded)
        best = np.argsort(-probabilities, axis=1, kind="stable")[:, : ALTERNATIVES + 1]
        known = np.diff(encoded.matrix.indptr)
        ballots: dict[str, Ballot | None] = {}
        for row, text in enumerate(texts):
            ranked = [
                (model.categories[column], round(float(probabilities[row, column]), _DIGITS)) for column in best[row]
            ]
            named = " + ".join(f'"{name}"' for name in model.evidence(encoded, row, int(best[row, 0])))
            alternatives = tuple(item for item in ranked[1:] if item[1] > 0)
            ballot = Ballot(*ranked[0], f"text ~ {named}" if named else "text, by elimination", alternatives)
            ballots[text] = ballot if known[row] else None
        return ballots
