"""Keys that sign evidence: Ed25519 (RFC 8032), in PEM files as OpenSSL writes them."""

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from models.errors import ConfigurationError, FileError

PRIVATE_KEY, PUBLIC_KEY = "signing_key.pem", "signing_key.public.pem"

_TOO_OPEN = 0o027
"""Permissions that a private key may not have: anything for others, and writing for the group."""


def make_keys(folder: Path) -> tuple[Path, Path]:
    """Make a key pair in files of a folder, which is made where it is missing.

    Returns:
        The private key, which its owner alone can read, and the public one.

    Raises:
        FileError: One of the files is there already, or they cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    contents = (
        (folder / PRIVATE_KEY, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600),
        (folder / PUBLIC_KEY, public_pem(key.public_key()), 0o644),
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content, mode in contents:
            # Never over a key that is there: what it signed could not be signed again.
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
    except FileExistsError as error:
        raise FileError(f"{error.filename} is there already and stays as it is: name another folder") from None
    except OSError as error:
        raise FileError(f"{folder} cannot be written: {error.strerror}") from None
    return contents[0][0], contents[1][0]


def private_key(path: Path) -> Ed25519PrivateKey:
    """Read the private key that signs.

    Raises:
        ConfigurationError: It is missing, open to others, encrypted, or no Ed25519 key in PEM.
    """
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"the signing key {path} cannot be read: {error.strerror}") from None
    if mode & _TOO_OPEN:
        raise ConfigurationError(
            f"the signing key {path} is open to others (mode {mode & 0o777:04o}): chmod 600 it, and make a new one with"
            " `evenhand evidence key` if others could have read it"
        )
    try:
        key = load_pem_private_key(content, password=None)
    except TypeError:
        raise ConfigurationError(
            f"the signing key {path} is encrypted: give a key without a password, readable by its owner alone"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigurationError(f"the signing key {path} is no private key in PEM") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(
            f"the signing key {path} is no Ed25519 key: make one with `evenhand evidence key --out DIR`"
        )
    return key


def read_public_key(path: Path) -> Ed25519PublicKey:
    """Read a public key to verify with.

    Raises:
        FileError: It is missing, or no Ed25519 public key in PEM.
    """
    try:
        return public_key(path.read_bytes())
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError:
        raise FileError(f"{path} is no Ed25519 public key in PEM, as `evenhand evidence key` writes it") from None


def public_key(content: bytes) -> Ed25519PublicKey:
    """A public key from PEM.

    Raises:
        ValueError: It is none, or of another kind.
    """
    try:
        key = load_pem_public_key(content)
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from None
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("the key is no Ed25519 key")
    return key


def public_pem(key: Ed25519PublicKey) -> bytes:
    """The public key in PEM."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(key: Ed25519PublicKey) -> str:
    """Sha256 of a public key in DER, hex: what people compare."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def signature_holds(key: Ed25519PublicKey, signature: bytes, content: bytes) -> bool:
    """Whether a signature is of this content by this key."""
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True
