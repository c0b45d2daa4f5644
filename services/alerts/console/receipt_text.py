"""A receipt in plain sentences, for those who are not programmers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from models.climate.disclosure.receipt import Receipt
from services.alerts.console.wording import Wording


def sentences(receipt_id: str, receipt: Receipt, wording: Wording) -> Iterator[str]:
    """What was decided and how to check it, one line each; of what is withheld only how much."""
    say = partial(_say, wording)
    window = receipt.window
    yield say("title", id=receipt_id)
    yield say(
        "window",
        start=wording.day(window.start),
        end=wording.day(window.end_exclusive - timedelta(days=1)),
        cadence=say(f"cadence_{window.cadence}"),
    )
    yield say(
        "decided",
        shown=receipt.units_published,
        withheld=receipt.withheld,
        values=receipt.published,
    )
    yield say("rules", k=receipt.k, policy=receipt.policy)
    yield from _models(receipt, wording)
    yield say("program", code=receipt.code, quarter=receipt.quarter)
    if receipt.budget_spent is None:
        yield say("noise_off")
    else:
        yield say("noise", spent=receipt.budget_spent, left=receipt.budget_left)
    if receipt.recipients:
        yield say("readers", readers=", ".join(_readers(receipt, wording)))
    else:
        yield say("readers_unknown")
    yield say("check", id=receipt_id)


def _say(wording: Wording, key: str, **filled: object) -> str:
    return str(wording.words["receipt"][key]).format(**filled)


def _models(receipt: Receipt, wording: Wording) -> Iterator[str]:
    if not receipt.models:
        yield _say(wording, "no_model")
    for name in receipt.models:
        files = receipt.weights.get(name, {})
        yield _say(wording, "model" if files else "model_unknown", name=name)
        for file, digest in sorted(files.items()):
            yield "  " + _say(wording, "model_weights", file=file, digest=digest)


def _readers(receipt: Receipt, wording: Wording) -> Iterator[str]:
    for reader in receipt.recipients:
        kind, _, name = reader.partition(":")
        yield _say(wording, f"reader_{kind}", id=name)
