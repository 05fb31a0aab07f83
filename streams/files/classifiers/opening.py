"""Which kind of model a file is."""

from collections.abc import Sequence
from pathlib import Path

from models.errors import ArtefactError
from monitors.audits.anymodel.answers import AuditedModel
from streams.files.classifiers.onnx_file import open_onnx
from streams.files.classifiers.skops_file import open_skops

PICKLES = frozenset({".pkl", ".pickle", ".joblib", ".dill", ".cloudpickle", ".p", ".sav"})
"""Endings of files that run code when they are opened."""

_PICKLE_MAGIC = 0x80
_NEWEST_PROTOCOL = 5


def open_model(path: Path, *, trusted: Sequence[str] = (), features: tuple[str, ...] = ()) -> AuditedModel:
    """Open a model's file.

    Args:
        trusted: Types in a skops file beyond those that skops itself trusts.
        features: Fields in the order of the model's columns, where it has no names of its own.

    Raises:
        ArtefactError: It is a pickle, of no known kind, cannot be read, or holds a type that is not trusted.
    """
    try:
        with path.open("rb") as file:
            start = file.read(2)
    except OSError as error:
        raise ArtefactError(f"{path} cannot be read: {error.strerror}") from None
    ending = path.suffix.casefold()
    if ending in PICKLES or (len(start) == 2 and start[0] == _PICKLE_MAGIC and start[1] <= _NEWEST_PROTOCOL):
        raise ArtefactError(
            f"{path} is a pickle, which runs code when it is opened: it is refused. Save the model with"
            " skops.io.dump(model, 'model.skops') or as ONNX; or load it in code of your own, and name that with"
            " --entry-point"
        )
    if ending == ".skops":
        return open_skops(path, trusted=trusted, features=features)
    if ending == ".onnx":
        return open_onnx(path, features=features)
    raise ArtefactError(f"{path} is no model that can be audited: it ends with .skops or .onnx")
