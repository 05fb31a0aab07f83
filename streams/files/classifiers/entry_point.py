"""A model out of Python code that the auditor names: this runs that code."""

import re
from importlib import import_module

from models.errors import ArtefactError
from monitors.audits.anymodel.answers import AuditedModel
from monitors.audits.anymodel.estimators import model_of

_NAMED = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")


def load_entry_point(named: str, *, features: tuple[str, ...] = (), positive: str | None = None) -> AuditedModel:
    """Import a module and take the function or object of it.

    Args:
        named: `package.module:name`, found where Python finds modules (PYTHONPATH).
        positive: The decision that the probabilities of a function are of; None: `1`.

    Raises:
        ArtefactError: It is written otherwise, cannot be imported, or there is no such name.
        DataError: It is neither a model nor a function.
    """
    if not _NAMED.fullmatch(named):
        raise ArtefactError(f"{named!r} names no code: it is written as package.module:function_or_object")
    module, _, name = named.partition(":")
    try:
        found: object = import_module(module)
    except (Exception, SystemExit) as error:  # another's code raises what it likes, and may end the program
        raise ArtefactError(
            f"{module} cannot be imported: {type(error).__name__}: {error}; modules are found through PYTHONPATH"
        ) from error
    for part in name.split("."):
        if not hasattr(found, part):
            raise ArtefactError(f"{module} has no {name}")
        found = getattr(found, part)
    return model_of(named, found, features=features, positive=positive)
