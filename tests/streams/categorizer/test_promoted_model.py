"""The promoted model of a store, watched: another one is handed over once it is verified; a broken one is refused."""

import errno
import logging
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from models.artefacts.store import CURRENT
from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from models.errors import ArtefactError, ConfigurationError
from streams.categorizer.ensemble import promoted_model
from streams.categorizer.promoted_model import ModelMetrics, PromotedModel, WatchPromotedModel
from streams.clock import wall_clock
from streams.files.model_store import ModelStore
from streams.settings.settings import Settings
from tests.harness.learning import transaction
from tests.harness.models import MERCHANT, unasked, variant

LINE = Transaction.model_validate_json(transaction(1).value or b"")


class Shelf:
    """A store with two models, the first of which is promoted and decides."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "store"
        self.store = ModelStore(self.folder, gate=unasked)
        self.pets, self.fuel = (self._add(folder / category, category) for category in ("pets", "fuel"))
        self.promote(self.pets)

    def _add(self, source: Path, category: str) -> str:
        version = variant(source, {MERCHANT: category})
        assert (version, True) == self.store.add(source)
        return version

    def promote(self, version: str) -> None:
        """Promote a version."""
        self.store.promote(version, at=wall_clock())

    def write(self, content: str) -> None:
        """Write `current` by hand."""
        (self.folder / CURRENT).write_text(content)

    @property
    def memory(self) -> Path:
        """A file of the second model."""
        return self.folder / self.fuel / "memory.csv.gz"

    def watched(self, **settings: object) -> PromotedModel:
        """What a worker looks at."""
        found = promoted_model(Settings(model=self.folder, **settings))  # type: ignore[arg-type]
        assert found is not None
        return found


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """The store."""
    return Shelf(tmp_path)


def category(ensemble: Ensemble | None) -> str | None:
    """What a model says of the merchant that tells which one it is."""
    return ensemble.categorize([LINE], now=wall_clock())[0].category if ensemble else None


def test_another_version_is_handed_over_and_the_present_one_is_not(shelf: Shelf) -> None:
    """Also one that is gone back to."""
    watched = shelf.watched()
    assert watched.news(shelf.pets) is None
    shelf.promote(shelf.fuel)
    assert "fuel" == category(watched.news(shelf.pets))
    assert watched.news(shelf.fuel) is None
    shelf.store.rollback(at=wall_clock())
    assert "pets" == category(watched.news(shelf.fuel))


def test_a_model_that_is_no_store_is_not_watched(shelf: Shelf) -> None:
    """The shipped one, and a folder of an artefact, stay what they are."""
    assert promoted_model(Settings()) is None
    assert promoted_model(Settings(model=shelf.folder / shelf.pets)) is None


def test_an_altered_model_is_refused_once_until_it_is_mended(shelf: Shelf) -> None:
    """A look costs nothing meanwhile; what was restored is taken."""
    shelf.promote(shelf.fuel)
    whole = shelf.memory.read_bytes()
    shelf.memory.write_bytes(whole[:-1] + b"?")
    watched = shelf.watched()
    with pytest.raises(ArtefactError, match="differs from its sha256"):
        watched.news(shelf.pets)
    assert watched.news(shelf.pets) is None
    assert watched.refused
    shelf.memory.write_bytes(whole)
    assert "fuel" == category(watched.news(shelf.pets))
    assert not watched.refused


def test_a_read_that_fails_is_tried_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the model has changed when there is room for a file again; what fails is said once meanwhile."""
    shelf.promote(shelf.fuel)
    watched = shelf.watched()

    def full(_path: Path) -> bytes:
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", full)
        with pytest.raises(ArtefactError, match="cannot be read"):
            watched.news(shelf.pets)
        assert watched.news(shelf.pets) is None
        assert watched.refused
    assert "fuel" == category(watched.news(shelf.pets))
    assert not watched.refused


@pytest.mark.parametrize("content", ["", "latest", "../" * 4, "0123456789ab"])
def test_a_current_that_names_no_model_is_refused(shelf: Shelf, content: str) -> None:
    """What decides goes on; the same content is said once; going back to the present one ends it."""
    watched = shelf.watched()
    shelf.write(content)
    with pytest.raises(ArtefactError):
        watched.news(shelf.pets)
    assert watched.news(shelf.pets) is None
    shelf.write(shelf.pets)
    assert watched.news(shelf.pets) is None
    assert not watched.refused


def test_a_model_without_its_manifest_is_refused(shelf: Shelf) -> None:
    """A folder is no model by its name alone."""
    shelf.promote(shelf.fuel)
    (shelf.folder / shelf.fuel / "manifest.json").unlink()
    with pytest.raises(ArtefactError, match=r"manifest\.json cannot be read"):
        shelf.watched().news(shelf.pets)


def test_a_model_that_does_not_know_the_precision_is_refused(shelf: Shelf) -> None:
    """As at a worker's start."""
    shelf.promote(shelf.fuel)
    with pytest.raises(ConfigurationError):
        shelf.watched(precision=0.5).news(shelf.pets)


async def test_the_watch_hands_over_and_tells(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    """A broken model leaves the one that decides; metrics and the log say which it is."""
    registry, given = CollectorRegistry(), list[Ensemble]()
    watch = WatchPromotedModel(shelf.watched(), shelf.pets, ModelMetrics(registry), decide_by=given.append)
    shown = []
    with caplog.at_level(logging.INFO):
        for content in (shelf.pets, "0123456789ab", "0123456789ab", shelf.fuel, shelf.fuel):
            shelf.write(content)
            await watch.look()
            shown.append(tuple(map(registry.get_sample_value, _SHOWN)))
    assert ["fuel"] == [category(ensemble) for ensemble in given]
    assert [(0, 0, 0), (1, 1, 0), (1, 1, 0), (0, 1, 1), (0, 1, 1)] == shown
    refused, taken = (record.getMessage() for record in caplog.records if record.name.startswith("streams"))
    assert f"{shelf.pets} goes on deciding" in refused
    assert f"model {shelf.fuel} decides instead of {shelf.pets}" in taken


_SHOWN = ("evenhand_model_refused", "evenhand_model_errors_total", "evenhand_model_swaps_total")
