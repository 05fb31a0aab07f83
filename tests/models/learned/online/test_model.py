"""The online model as a worker has it: parts in, look-ups out, and nothing heavy behind it."""

import subprocess
import sys

import pytest

from models.errors import ArtefactError
from models.learned.online.keys import LineKeys
from models.learned.online.model import Found, Ground, OnlineModel
from models.learned.online.records import PartsDigest, Standing, family_part, merchant_part, standing_bytes
from models.learned.online.text_part import TextReader
from tests.harness.corrections import keys_of_text


def test_a_worker_imports_neither_river_nor_scikit_learn() -> None:
    """Its parts of this room, in a process of its own."""
    code = (
        "import models.learned.online.model, sys; print([m for m in ('river', 'sklearn', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]\n" == done.stdout


def test_before_anything_was_learned_it_knows_nothing() -> None:
    """And its version says so."""
    model = OnlineModel()
    keys = keys_of_text("blue barn")
    assert ("0", -1, 0) == (model.version, model.head.offset, len(model))
    assert PartsDigest().hex() == model.digest
    assert (None, None, None, None) == (
        model.merchant(keys),
        model.family(keys),
        model.account("a", keys),
        model.text(keys),
    )


def test_parts_come_and_go() -> None:
    """What is taken away leaves the digest of a model that never had it."""
    model = OnlineModel()
    merchant, family = merchant_part(("out", "bluebarn")), family_part(("out", ("blue", "barn")))
    model.apply([(merchant, standing_bytes(Standing("pets", 2, 3)))])
    digest = model.digest
    model.apply([(family, standing_bytes(Standing("fuel", 3, 3)))])
    assert 2 == len(model)
    found = model.merchant(keys_of_text("blue barn"))
    assert Found("pets", "corrected by 2 people", 2, 2 / 3, Ground.CORRECTED) == found
    assert model.merchant(keys_of_text("blue barn")._replace(flow="in")) is None
    assert model.family(keys_of_text("blue barn")._replace(flow="in")) is None
    assert "fuel" == getattr(model.family(keys_of_text("blue barn ajax")), "category", None)
    model.apply([(family, None), (family, None)])
    assert model.family(keys_of_text("blue barn ajax")) is None
    assert digest == model.digest
    model.apply([(merchant, None)])
    assert PartsDigest().hex() == model.digest


def test_the_longest_beginning_decides() -> None:
    """Of two families."""
    model = OnlineModel()
    model.apply([(family_part(("out", ("blue",))), standing_bytes(Standing("fuel", 4, 4)))])
    model.apply([(family_part(("out", ("blue", "barn"))), standing_bytes(Standing("pets", 3, 3)))])
    assert "pets" == getattr(model.family(keys_of_text("blue barn ajax")), "category", None)
    assert "fuel" == getattr(model.family(keys_of_text("blue moon")), "category", None)


class Reader(TextReader):
    """Knows what its snapshot says, of every text."""

    def __init__(self, snapshot: bytes) -> None:
        self._category = snapshot.decode()

    def predict(self, text: str) -> list[tuple[str, float]]:
        """One category, of any text but "?"."""
        return [] if text == "?" else [(self._category, 0.75)]


def test_texts_are_read_by_what_is_handed_in() -> None:
    """Where nothing is, there is no opinion, and the digest is the same."""
    model, without = OnlineModel(read_text=Reader), OnlineModel()
    for each in (model, without):
        each.apply([("text", b"pets")])
    expected = Found("pets", "like lines that people corrected", 0, 0.75, Ground.ONLINE)
    assert expected == model.text(keys_of_text("blue barn"))
    assert model.text(keys_of_text("?")) is None
    assert model.text(LineKeys(None, (), "out", "")) is None
    assert without.text(keys_of_text("blue barn")) is None
    assert without.digest == model.digest
    model.apply([("text", None)])
    assert model.text(keys_of_text("blue barn")) is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("merchant:out:x", b"{"),
        ("merchant:up:x", b"{}"),
        ("family:out:x y", b'{"category":"pets"}'),
        ("odd:x", b"{}"),
        ("head", b"[]"),
    ],
)
def test_a_record_of_another_form_is_refused(name: str, content: bytes) -> None:
    """In words that tell nothing of it; and nothing of its step is taken in."""
    model = OnlineModel()
    step = [(merchant_part(("out", "bluebarn")), standing_bytes(Standing("pets", 1, 1))), (name, content)]
    with pytest.raises(ArtefactError, match=r"^a record of kind '\w+' does not fit \(\w+\)$"):
        model.apply(step)
    assert (0, PartsDigest().hex(), None) == (len(model), model.digest, model.merchant(keys_of_text("blue barn")))
