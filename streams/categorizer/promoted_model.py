"""The promoted model of a store, in a worker: another one that is promoted decides from the next batch on.

A batch is handled without a pause, so the old model decides all of it or the new one. A model that is missing, altered
or fails at its first decision is refused: the one that decides goes on, and metrics and one line of the log say so.
"""

import asyncio
import errno
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mode import Service
from prometheus_client import CollectorRegistry, Counter, Gauge

from models.artefacts.store import CURRENT, artefact_of, is_version, promoted
from models.decisions.ensemble import Ensemble
from models.errors import ArtefactError, ConfigurationError

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""Seconds between two looks at which version is promoted."""

Load = Callable[[Path], Ensemble]
"""Makes the ensemble of an artefact; raises ArtefactError or ConfigurationError."""

_State = tuple[tuple[str, int, int], ...]
"""Of files: name, size, nanoseconds of the last change of anything of it."""


class ModelMetrics:
    """Counters and gauges of the model in a worker."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.swaps = Counter(
            "evenhand_model_swaps", "Promoted models that took over while the worker ran.", registry=registry
        )
        self.errors = Counter("evenhand_model_errors", "Promoted models that were refused.", registry=registry)
        self.refused = Gauge(
            "evenhand_model_refused",
            "1 while the promoted model cannot be used, and the one before decides.",
            registry=registry,
        )
        self.load_seconds = Gauge(
            "evenhand_model_load_seconds", "Seconds that reading the last promoted model took.", registry=registry
        )


class PromotedModel:
    """The promoted model of a store, looked at again and again.

    Args:
        load: Makes an ensemble of a folder whose manifest says the promoted version.
    """

    def __init__(self, store: Path, load: Load) -> None:
        self.store = store
        self._load = load
        self._refused: _State | None = None
        self._said: str | None = None

    @property
    def refused(self) -> bool:
        """Whether what was promoted cannot be used."""
        return self._said is not None

    def news(self, present: str) -> Ensemble | None:
        """The promoted model, verified and tried, where it is another one than decides; else None.

        What is wrong is said once: a refused model is looked at again when one of its files, or `current`, has changed;
        where reading failed, as it does where too many files are open, each time.

        Args:
            present: Version of the model that decides.

        Raises:
            ArtefactError: It is missing or altered, or fails.
            ConfigurationError: It does not know the precision that is asked for.
        """
        # Before anything is read: what changes meanwhile is looked at again.
        state = self._state(present)
        if state == self._refused:
            return None
        try:
            ensemble = self._read(present)
        except (ArtefactError, ConfigurationError, OSError) as error:
            self._refused = None if _may_pass(error) else state
            before, self._said = self._said, str(error)
            if self._refused is None and self._said == before:
                return None
            if isinstance(error, OSError):
                raise ArtefactError(f"{self.store} cannot be read ({type(error).__name__})") from error
            raise
        self._refused = self._said = None
        return ensemble

    def _read(self, present: str) -> Ensemble | None:
        version = promoted(self.store)
        if version is None or version == present:
            return None
        ensemble = self._load(artefact_of(self.store, version))
        if ensemble.model_version != version:
            raise ArtefactError(f"{self.store / version} became model {ensemble.model_version} while it was read")
        return ensemble

    def _state(self, present: str) -> _State:
        """Of `current` and of what it names; of what cannot be looked at it tells nothing."""
        current = self.store / CURRENT
        try:
            named = current.read_text(encoding="utf-8", errors="replace").strip()
            # A name that is no version must not lead out of the store.
            read = sorted((self.store / named).iterdir()) if is_version(named) and named != present else []
            return tuple(
                (str(file), found.st_size, found.st_ctime_ns) for file in (current, *read) if (found := file.stat())
            )
        except OSError:
            return ()


def _may_pass(error: BaseException | None) -> bool:
    """Whether reading failed, and not what was read: the same may be read a second later."""
    while error is not None and not isinstance(error, OSError):
        error = error.__cause__
    # Of what is no gzip an OSError without a number is raised.
    return error is not None and error.errno not in (None, errno.ENOENT, errno.ENOTDIR, errno.EISDIR)


class WatchPromotedModel(Service):
    """Looks at the store, and hands over a model that was promoted.

    Args:
        present: Version of the model that decides at the beginning.
        decide_by: Makes a model decide from the next batch on.
    """

    def __init__(
        self,
        model: PromotedModel,
        present: str,
        metrics: ModelMetrics,
        *,
        decide_by: Callable[[Ensemble], None],
        every: float = LOOK_SECONDS,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._model, self._present = model, present
        self._metrics, self._decide_by, self._every = metrics, decide_by, every
        self._looked = asyncio.Event()

    async def looked(self) -> None:
        """Wait until the store was looked at once.

        A process that takes the place of a dead one is forked with the model of when its supervisor began; it decides
        nothing before it has the promoted one.
        """
        await self._looked.wait()

    @Service.task
    async def _watch(self) -> None:
        while not self.should_stop:
            await self.look()
            self._looked.set()
            await self.sleep(self._every)

    async def look(self) -> None:
        """Let the promoted model decide, if it is another one."""
        begun = time.monotonic()
        try:
            # Beside the loop, in which batches go on.
            ensemble = await asyncio.to_thread(self._model.news, self._present)
        except (ArtefactError, ConfigurationError) as error:
            self._metrics.errors.inc()
            self._metrics.refused.set(1)
            log.error("%s: the promoted model is refused: %s; %s goes on deciding", self._store, error, self._present)
            return
        self._metrics.refused.set(self._model.refused)
        if ensemble is None:
            return
        seconds = time.monotonic() - begun
        before, self._present = self._present, ensemble.model_version
        self._decide_by(ensemble)
        self._metrics.swaps.inc()
        self._metrics.load_seconds.set(seconds)
        log.info("model %s decides instead of %s; reading it took %.1f s", self._present, before, seconds)

    @property
    def _store(self) -> Path:
        return self._model.store
