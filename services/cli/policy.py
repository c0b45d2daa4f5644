"""``barograph policy``: check, sign and make keys for the governance policy."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Final, NoReturn

import click

from services.contracts import governance, policy_document
from services.contracts.governance import PolicyInvalid
from services.contracts.policy_document import Reason
from services.telemetry.clock import wall

INVALID: Final = 1

MEANING: Final[dict[Reason, str]] = {
    "missing": "there is no such file, or it may not be read",
    "unreadable": "it is not the YAML of one mapping (no aliases, no double keys, at most 64 KiB)",
    "unsigned": "it carries no Ed25519 signature",
    "key_unreadable": "the key is not an Ed25519 key in PEM",
    "other_key": "it is signed with another key than the one given",
    "altered": "it was changed after it was signed",
    "malformed": "a field is missing, unknown or of the wrong kind",
    "below_floor": f"k may not be below {governance.FLOOR}",
    "denied_channel": "it lists a channel that no policy can admit",
    "not_registrable": "an outcome, an intervention or a rule cannot be registered as it stands",
    "not_agreed": "there is no decision of the works council in force",
    "demo_only": "a demo policy lists synthetic sources only",
    "expired": "its last day is over",
}

_file = click.Path(exists=False, dir_okay=False, path_type=Path)


@click.group()
def policy() -> None:
    """Check and sign the policy without which nothing starts."""


@policy.command()
@click.argument("file", type=_file)
@click.option("--public-key", type=_file, required=True, help="PEM file of the signer's key.")
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="The day on which it must be in force.  [default: today]",
)
def check(file: Path, public_key: Path, on: datetime | None) -> None:
    """Say whether FILE would be accepted at the start.

    Exits with 0 when it would, 1 when it would not, 2 when the command was called wrongly.
    """
    today = on.date() if on else wall().date()
    try:
        loaded = governance.load(file, public_key, today)
    except PolicyInvalid as invalid:
        _refuse(invalid)
    kind = "demo policy" if loaded.demo else "policy"
    click.echo(f"valid {kind}, in force until {loaded.expires}, k = {loaded.k}")
    click.echo(f"fingerprint {governance.fingerprint(loaded)}")


@policy.command()
@click.argument("file", type=_file)
@click.option("--private-key", type=_file, required=True, help="PEM file, from policy keygen.")
@click.option("--output", type=_file, help="Where to write.  [default: FILE itself]")
def sign(file: Path, private_key: Path, output: Path | None) -> None:
    """Sign FILE, once its content is one that could be loaded.

    Comments and order stay as they are; an earlier signature is replaced.
    """
    try:
        signed = governance.sign_file(file, output or file, private_key)
    except PolicyInvalid as invalid:
        _refuse(invalid)
    except OSError as failure:
        raise click.UsageError(f"cannot write: {failure.strerror}") from None
    click.echo(f"signed {output or file}, fingerprint {governance.fingerprint(signed)}")


@policy.command()
@click.option("--private-key", type=_file, required=True, help="Written for its owner alone.")
@click.option("--public-key", type=_file, required=True, help="To be given to every service.")
def keygen(private_key: Path, public_key: Path) -> None:
    """Make a key pair to sign policies with; neither file may exist yet."""
    try:
        key_id = policy_document.write_keys(private_key, public_key)
    except OSError as failure:
        raise click.UsageError(f"cannot write: {failure.strerror or 'a file exists'}") from None
    click.echo(f"key {key_id}: {private_key} (secret), {public_key}")


def _refuse(invalid: PolicyInvalid) -> NoReturn:
    click.echo(f"invalid ({invalid.reason}): {MEANING[invalid.reason]}", err=True)
    for fault in invalid.faults:
        click.echo(f"  {fault.pointer}: {fault.code}", err=True)
    sys.exit(INVALID)
