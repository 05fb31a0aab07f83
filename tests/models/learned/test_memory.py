"""The merchant memory: what it learns it knows, what is taken away it forgets, and its file says the same."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contracts.taxonomy import CATEGORIES
from models.errors import ArtefactError
from models.learned.memory import MerchantMemory, from_bytes, memory_key, to_bytes

ROWS = st.lists(
    st.tuples(
        st.text(alphabet='abcdef0189",\u00e9\u4e2d', min_size=3, max_size=8),
        st.sampled_from(CATEGORIES),
        st.integers(1, 9),
    ),
    max_size=20,
)


def packed(text: str) -> bytes:
    """A table as it stands in an artefact."""
    return gzip.compress(text.encode())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tim hortons", "timhortons"),
        ("the bakery & co ltd", "bakery"),
        ("wayfair.ca", "wayfair"),
        ("bp", ""),
        ("", ""),
        ("the bp", ""),
    ],
)
def test_key_is_glued_and_long_enough(text: str, expected: str) -> None:
    """Spellings of one merchant share a key; two letters name nobody."""
    assert expected == memory_key(text)


def test_what_is_learned_is_found_most_frequent_first() -> None:
    """Counts add up; of equals the first by name."""
    memory = MerchantMemory()
    for category, count in (("fuel", 1), ("auto", 3), ("fuel", 2), ("groceries", 5)):
        memory.learn("shell", category, count)
    found = memory.find("shell")
    assert found is not None
    assert (("groceries", 5), ("auto", 3), ("fuel", 3)) == found.counts
    assert ("groceries", 5, 11) == (found.category, found.count, found.total)


def test_unknown_and_empty_keys_are_not_found() -> None:
    """The empty key stands for no merchant, so nothing is learned of it."""
    memory = MerchantMemory([("", "fuel", 4)])
    assert 0 == len(memory)
    assert memory.find("") is None
    assert memory.find("shell") is None


def test_what_is_taken_away_is_forgotten() -> None:
    """A correction that is taken back leaves no trace, not even an empty entry."""
    memory = MerchantMemory([("shell", "fuel", 2), ("shell", "auto", 1)])
    memory.learn("shell", "fuel", -2)
    assert [("shell", "auto", 1)] == list(memory.rows())
    memory.learn("shell", "auto", -1)
    assert (0, []) == (len(memory), list(memory.rows()))
    assert memory.find("shell") is None


@pytest.mark.parametrize("category", ["fuel", "auto"])
def test_no_more_is_taken_than_there_is(category: str) -> None:
    """Taking more, or what was never there, owes nothing to what is learned later."""
    memory = MerchantMemory([("shell", "fuel", 1)])
    memory.learn("shell", category, -5)
    memory.learn("shell", category, 1)
    found = memory.find("shell")
    assert found is not None
    assert 1 == dict(found.counts)[category]


@given(ROWS)
def test_rows_survive_their_bytes(rows: list[tuple[str, str, int]]) -> None:
    """Whatever stands in a key: quotes, commas, letters of other scripts."""
    memory = MerchantMemory(rows)
    assert list(memory.rows()) == list(from_bytes(to_bytes(memory)).rows())


@given(ROWS, st.randoms(use_true_random=False))
def test_equal_memories_give_equal_bytes(rows: list[tuple[str, str, int]], draw: object) -> None:
    """The order of learning does not show."""
    shuffled = list(rows)
    draw.shuffle(shuffled)  # type: ignore[attr-defined]
    assert to_bytes(MerchantMemory(rows)) == to_bytes(MerchantMemory(shuffled))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no gzip",
        packed(""),
        packed("key,category\nshell,fuel\n"),
        packed("key,category,count\nshell,fuel\n"),
        packed("key,category,count\nshell,fuel,many\n"),
        packed("key,category,count\nshell,yachts,1\n"),
        packed("key,category,count\n" + "x" * 200_000 + ",fuel,1\n"),
        gzip.compress(b"\xff\xfe"),
        to_bytes(MerchantMemory([("shell", "fuel", 1)]))[:-9],
    ],
    ids=["empty", "no gzip", "no header", "columns", "fields", "count", "category", "long", "no utf-8", "cut off"],
)
def test_malformed_bytes_are_refused(content: bytes) -> None:
    """Each is an ArtefactError, whatever the library would have raised."""
    with pytest.raises(ArtefactError, match="the merchant memory"):
        from_bytes(content)


def test_damaged_bytes_raise_nothing_else() -> None:
    """Every byte in turn with all its bits turned: refused, or the same rows (a header of gzip may differ)."""
    memory = MerchantMemory((f"merchant{number}", CATEGORIES[number % 5], number) for number in range(1, 40))
    content = to_bytes(memory)
    refused = 0
    for place in range(len(content)):
        try:
            found = from_bytes(content[:place] + bytes((content[place] ^ 0xFF,)) + content[place + 1 :])
        except ArtefactError:
            refused += 1
        else:
            assert list(memory.rows()) == list(found.rows())
    assert refused > 0.9 * len(content)
