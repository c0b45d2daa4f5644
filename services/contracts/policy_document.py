"""The file of a policy: read without surprises, signed and checked over its canonical JSON."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal, get_args

import yaml
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
from typing_extensions import override

from services.contracts.failures import Fault

MOST_BYTES: Final = 64 * 1024
RAW_KEY_BYTES: Final = 32
ALGORITHM: Final = "ed25519"
_SIGNATURE: Final = re.compile(r"^signature:.*?(?=^[^\s#]|\Z)", re.MULTILINE | re.DOTALL)

Reason = Literal[
    "missing",  # there is no such file
    "unreadable",  # not the YAML of a mapping, or larger than any policy
    "unsigned",
    "key_unreadable",  # the public or private key is no Ed25519 key
    "other_key",  # signed with a key that we were not told to trust
    "altered",  # changed after it was signed
    "malformed",  # a field is missing, unknown or of the wrong kind
    "below_floor",  # k is below 5
    "denied_channel",  # lists a channel that no policy can admit
    "not_registrable",  # an outcome, an intervention or a rule cannot be registered as it stands
    "not_agreed",  # the works council has not decided, and this is no demo
    "demo_only",  # a demo policy that lists more than synthetic sources
    "expired",
]
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)


class PolicyInvalid(Exception):
    """Do not start.  Says why and where, from closed lists."""

    def __init__(self, reason: Reason, found: tuple[Fault, ...] = ()) -> None:
        super().__init__(reason, *(f"{fault.pointer}: {fault.code}" for fault in found))
        self.reason: Reason = reason
        self.faults = found


class _Loader(yaml.SafeLoader):
    """YAML without the two features that let a file say other things than it seems to."""

    @override
    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError
        return super().compose_node(parent, index)

    @override
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        if len({str(key) for key in keys}) < len(keys):
            raise yaml.YAMLError
        return super().construct_mapping(node, deep)


def read(path: Path) -> dict[str, Any]:
    """The mapping in the YAML file *path*, not yet judged.

    Raises:
        PolicyInvalid: missing or unreadable.
    """
    try:
        raw = path.read_bytes()
    except OSError:
        raise PolicyInvalid("missing") from None
    try:
        document = yaml.load(raw, _Loader) if len(raw) <= MOST_BYTES else None  # noqa: S506 - it is a SafeLoader
        readable = isinstance(document, dict) and bool(canonical(document))
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        document, readable = None, False
    if not isinstance(document, dict) or not readable:
        raise PolicyInvalid("unreadable")
    return document


def canonical(document: Mapping[str, Any]) -> bytes:
    """What is signed: the content without its signature, in one spelling.

    Comments, order and layout of the YAML are free; a date and its text are the same thing.
    """

    def plain(value: object) -> str:
        if isinstance(value, date):
            return value.isoformat()
        raise TypeError

    content = {key: value for key, value in document.items() if key != "signature"}
    return json.dumps(
        content,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
        default=plain,
    ).encode()


def sign(document: Mapping[str, Any], private_key: Ed25519PrivateKey | Path) -> dict[str, Any]:
    """*document* with its signature, which replaces an earlier one.

    Raises:
        PolicyInvalid: the key file cannot be read.
    """
    key = _private(private_key) if isinstance(private_key, Path) else private_key
    value = base64.b64encode(key.sign(canonical(document))).decode()
    signature = {"algorithm": ALGORITHM, "key_id": key_id(key.public_key()), "value": value}
    return {**document, "signature": signature}


def with_signature(text: str, signed: Mapping[str, Any]) -> str:
    """*text*, the YAML that *signed* was read from, with its signature; comments stay."""
    bare = _SIGNATURE.sub("", text).rstrip()
    block = yaml.safe_dump({"signature": signed["signature"]}, sort_keys=False)
    return f"{bare}\n\n{block}"


def write_keys(private: Path, public: Path) -> str:
    """Make a key pair in two PEM files, which must not exist yet, and return its id.

    Raises:
        FileExistsError: one of them exists; nothing was written.
    """
    for path in (private, public):
        if path.exists():
            raise FileExistsError(path)
    key = Ed25519PrivateKey.generate()
    private.touch(mode=0o600, exist_ok=False)
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    return key_id(key.public_key())


def check_signature(document: Mapping[str, Any], public_key: bytes | Path) -> None:
    """Return when the holder of *public_key* signed *document* as it stands.

    Raises:
        PolicyInvalid: unsigned, key_unreadable, other_key or altered.
    """
    key, signature = _public(public_key), document.get("signature")
    if not isinstance(signature, dict) or signature.get("algorithm") != ALGORITHM:
        raise PolicyInvalid("unsigned")
    if signature.get("key_id") != key_id(key):
        raise PolicyInvalid("other_key")
    try:
        value = base64.b64decode(str(signature.get("value")), validate=True)
        key.verify(value, canonical(document))
    except (InvalidSignature, binascii.Error, ValueError):
        raise PolicyInvalid("altered") from None


def key_id(key: Ed25519PublicKey) -> str:
    """Sixteen hex digits that name *key*."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def _public(source: bytes | Path) -> Ed25519PublicKey:
    try:
        raw = source if isinstance(source, bytes) else source.read_bytes()
        if len(raw) == RAW_KEY_BYTES:
            return Ed25519PublicKey.from_public_bytes(raw)
        key = load_pem_public_key(raw)
    except (OSError, ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise PolicyInvalid("key_unreadable")
    return key


def _private(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise PolicyInvalid("key_unreadable")
    return key
