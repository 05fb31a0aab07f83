"""The n-gram model as files: names as text, numbers as npz that is read without pickle."""

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from models.contracts.taxonomy import CATEGORIES
from models.errors import MALFORMED, ArtefactError
from models.learned.linear import FAMILIARITY, Calibration, Floats, TextModel

FEATURES_FILE, ARRAYS_FILE, SETTINGS_FILE = "text_features.txt", "text_arrays.npz", "text_model.json"

_STEPS = 127


def quantised(weights: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Weights as whole steps in [-127, 127] and the size of a step for each feature.

    Args:
        weights: Shape (n features, n categories).

    Returns:
        Steps of that shape, and their size, shape (n features,). A weight changes by half a step at most.
    """
    size = np.asarray(np.abs(weights).max(axis=1, initial=0) / _STEPS, dtype=np.float32)
    # A feature without weight has steps of size 0, by which nothing can be divided.
    divisor = np.where(size > 0, size, 1)
    return np.clip(np.rint(weights / divisor[:, None]), -_STEPS, _STEPS).astype(np.int8), size


def restored(steps: NDArray[np.int8], size: Floats) -> Floats:
    """Weights from `quantised`."""
    return np.asarray(steps.astype(np.float32) * size[:, None])


def calibration_to_json(calibration: Calibration) -> dict[str, JsonValue]:
    """A calibration as JSON."""
    slopes: dict[str, JsonValue] = dict(zip(FAMILIARITY, calibration.slopes, strict=True))
    return {"intercept": calibration.intercept, "slopes": slopes, "neighbours": calibration.neighbours}


def calibration_from_json(values: Mapping[str, Any]) -> Calibration:
    """Read what `calibration_to_json` wrote.

    Raises:
        KeyError, TypeError, ValueError: It is something else.
    """
    pieces, words = (float(values["slopes"][name]) for name in FAMILIARITY)
    return Calibration(float(values["intercept"]), (pieces, words), float(values["neighbours"]))


def to_files(model: TextModel) -> dict[str, bytes]:
    """The files of a model; equal models give equal bytes."""
    steps, size = quantised(model.weights)
    arrays = io.BytesIO()
    # Pickle would run code of whoever made the artefact.
    np.savez_compressed(
        arrays, allow_pickle=False, steps=steps, size=size, idf=model.idf.astype(np.float16), bias=model.bias
    )
    settings = {"categories": model.categories, "calibration": calibration_to_json(model.calibration)}
    return {
        FEATURES_FILE: "\n".join(model.features).encode(),
        ARRAYS_FILE: arrays.getvalue(),
        SETTINGS_FILE: (json.dumps(settings, indent=2) + "\n").encode(),
    }


def from_files(contents: Mapping[str, bytes]) -> TextModel:
    """Rebuild a model from the files of an artefact.

    Raises:
        ArtefactError: A file is missing, or what it holds does not fit together.
    """
    try:
        settings = json.loads(contents[SETTINGS_FILE])
        with np.load(io.BytesIO(contents[ARRAYS_FILE]), allow_pickle=False) as arrays:
            model = TextModel(
                categories=tuple(settings["categories"]),
                features=tuple(contents[FEATURES_FILE].decode().split("\n")),
                idf=arrays["idf"].astype(np.float32),
                weights=restored(arrays["steps"], arrays["size"]),
                bias=arrays["bias"].astype(np.float32),
                calibration=calibration_from_json(settings["calibration"]),
            )
    except MALFORMED as error:
        raise ArtefactError(f"the text model's files do not fit its format ({type(error).__name__})") from error
    _check(model)
    return model


def _check(model: TextModel) -> None:
    rows, columns = len(model.features), len(model.categories)
    shapes = (model.idf.shape, model.weights.shape, model.bias.shape)
    if shapes != ((rows,), (rows, columns), (columns,)) or not set(model.categories) <= set(CATEGORIES):
        raise ArtefactError(f"the text model's arrays do not fit its {rows} features and {columns} categories")
