"""A scientific Python model in a skops file: only types that are trusted are made."""

from collections.abc import Sequence
from pathlib import Path

from models.errors import ArtefactError
from monitors.audits.anymodel.estimators import EstimatorModel


def open_skops(path: Path, *, trusted: Sequence[str] = (), features: tuple[str, ...] = ()) -> EstimatorModel:
    """Open a skops file.

    Args:
        trusted: Names of types, such as `my_package.MyEncoder`, beyond those that skops itself trusts.

    Raises:
        ArtefactError: It is damaged, holds a type that is not trusted, or no classifier.
    """
    # Brings scikit-learn, which no other kind of model needs.
    import skops.io

    try:
        unknown = sorted(set(skops.io.get_untrusted_types(file=path)) - set(trusted))
    except Exception as error:  # noqa: BLE001  # whatever the library raises on a file that is not its own
        raise ArtefactError(f"{path} cannot be read as skops ({type(error).__name__})") from None
    if unknown:
        options = " ".join(f"--trust {name}" for name in unknown)
        raise ArtefactError(
            f"{path} holds types that are not trusted: {', '.join(unknown)}. Making them may run code: where you know"
            f" them, add {options}"
        )
    try:
        found = skops.io.load(path, trusted=list(trusted))
    except Exception as error:  # noqa: BLE001  # likewise, and whatever a trusted type does when it is made
        raise ArtefactError(f"{path} cannot be read as skops ({type(error).__name__})") from None
    if not callable(getattr(found, "predict", None)):
        raise ArtefactError(f"{path} holds a {type(found).__name__}, which does not predict")
    return EstimatorModel(path.name, found, features)
