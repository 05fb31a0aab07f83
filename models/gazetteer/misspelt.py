"""Names that a line spells with one letter wrong: left out, put in, changed, or swapped with its neighbour."""

from collections.abc import Iterable

SHORTEST = 8
"""Letters of the shortest name that is looked for so; of shorter ones too many are one letter apart."""

# Half of the shortest key: one edit cannot be in both halves.
_EDGE = 4


def one_edit(first: str, second: str) -> bool:
    """Tell whether two words are one edit apart (Damerau, 1964): a letter inserted, deleted or changed, or two swapped.

    >>> one_edit("starbucks", "starbuks"), one_edit("starbucks", "satrbucks"), one_edit("starbucks", "starbucks")
    (True, True, False)
    """
    if first == second or abs(len(first) - len(second)) > 1:
        return False
    same = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        same += 1
    else:
        return True  # one is the other with a letter at its end
    left, right = first[same:], second[same:]
    if len(left) == len(right):
        return left[1:] == right[1:] or (left[:2] == right[1::-1] and left[2:] == right[2:])
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    return longer[1:] == shorter


class Nearly:
    """Keys by their edges: of two words one edit apart, the first four or the last four letters are the same.

    Args:
        keys: Glued names; those shorter than `SHORTEST` are left out.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        # One string an edge, of keys of one length behind each other: lists of so many would take three times as much.
        self._by_edge: dict[str, str] = {}
        for key in keys:
            if len(key) >= SHORTEST:
                for edge in (_head(key, len(key)), _tail(key, len(key))):
                    self._by_edge[edge] = self._by_edge.get(edge, "") + key

    def find(self, word: str) -> str | None:
        """The one key that is an edit away and begins alike; None where there is none, or more than one.

        >>> Nearly(["starbucks", "sainsburys"]).find("sainsburrys")
        'sainsburys'
        """
        if len(word) < SHORTEST:
            return None
        found: str | None = None
        for key in self._candidates(word):
            if key != found and one_edit(word, key):
                # Of two names that are as near, none is the more likely one.
                if found is not None:
                    return None
                found = key
        return found

    def _candidates(self, word: str) -> list[str]:
        """The keys that begin alike and may be an edit away.

        Of two letters that stand apart one edit changes but one: at that most keys with the same edge fail, before they
        are cut out.
        """
        candidates: list[str] = []
        first, second, inner, fifth, last = word[0], word[1], word[-_EDGE - 1], word[_EDGE], word[-1]
        for length in (len(word) - 1, len(word), len(word) + 1):
            keys = self._by_edge.get(_head(word, length), "")
            candidates += [
                keys[start : start + length]
                for start in range(0, len(keys), length)
                if keys[start + length - 1] == last or keys[start + _EDGE] == fifth
            ]
            keys = self._by_edge.get(_tail(word, length), "")
            candidates += [
                keys[start : start + length]
                for start in range(0, len(keys), length)
                if keys[start] == first and (keys[start + 1] == second or keys[start + length - _EDGE - 1] == inner)
            ]
        return candidates


def _head(word: str, length: int) -> str:
    return f"{word[:_EDGE]}{length}<"


def _tail(word: str, length: int) -> str:
    return f"{word[-_EDGE:]}{length}>"
