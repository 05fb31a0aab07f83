"""The standard for later traffic: the reference of the model, or one that a bank took of its own traffic.

The traffic of a bank differs from that which the model's reference was made of. One that has no card codes, for
instance, gets lower confidences from the first day on, though nothing has changed. Its own reference is a JSON file:

    {"confidence": [0, 0, ..., 12, 903], "trained_on": "2026-11-22"}

with `models.statistics.histogram.BINS` counts, and the day of the training or null.
"""

import json
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from models.artefacts.artefact import Day, Manifest
from models.errors import ConfigurationError, DataError
from models.statistics.histogram import BINS, Histogram
from monitors.base.contract import Reference

_REMEDY = f'it must hold {{"confidence": [{BINS} counts, not all 0], "trained_on": "YYYY-MM-DD" or null}}'


class _File(BaseModel):
    """The JSON file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    confidence: Histogram
    trained_on: Day | None = None


def load_reference(manifest: Manifest, path: Path | None = None) -> Reference:
    """Read the reference that the monitors compare with.

    Args:
        path: A bank's own reference; None for the model's.

    Returns:
        The histogram of the file where there is one, else the model's. The day is the model's; a file's stands in for
        a manifest that has none.

    Raises:
        ConfigurationError: The file cannot be used.
    """
    model = of_manifest(manifest)
    if path is None:
        return model
    own = read_reference(path)
    # The day of the model that runs; a file may be older than it.
    return Reference(own.confidence, model.trained_on or own.trained_on)


def of_manifest(manifest: Manifest) -> Reference:
    """Take the reference out of a manifest; None in place of what it does not say."""
    found = manifest.reference
    return Reference(None if found is None else np.array(found.confidence, dtype=np.int64), manifest.trained_on)


def read_reference(path: Path) -> Reference:
    """Read a bank's own reference.

    Raises:
        ConfigurationError: The file is missing or is of another form.
    """
    try:
        found = _File.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"reference {path} cannot be read ({type(error).__name__}); {_REMEDY}") from error
    except ValidationError as error:
        fields = ", ".join(sorted({".".join(map(str, item["loc"])) or "JSON" for item in error.errors()}))
        raise ConfigurationError(f"reference {path} is of another form (at fault: {fields}); {_REMEDY}") from error
    return Reference(np.array(found.confidence, dtype=np.int64), found.trained_on)


def reference_json(reference: Reference) -> str:
    """What `read_reference` reads, to be written to a file.

    Raises:
        DataError: The reference has no confidences.
    """
    if reference.confidence is None or not reference.confidence.any():
        # A histogram of zeros would be refused when it is read.
        raise DataError("there are no confidences to write: wait until transactions were decided")
    day = reference.trained_on
    values = {"confidence": reference.confidence.tolist(), "trained_on": None if day is None else day.isoformat()}
    return json.dumps(values) + "\n"
