"""A receipt has one spelling; the chain shows any change before or in it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.disclosure.receipt import Receipt, chain_hash, read
from tests.fakes.trees import WEEK, WEEKS

RECEIPT = Receipt(
    policy="f" * 64,
    models=("m-1",),
    weights={"m-1": {"heads.safetensors": "d" * 64}},
    code="0.1.0",
    window=WEEK,
    quarter="2026Q4",
    input_digest="e" * 64,
    decisions={"published": 3, "too_few": 1},
    published=3,
    withheld=1,
    k=10,
    recipients=("page", "webhook:ep_1"),
)
OF_FORMAT_1 = replace(RECEIPT, weights={}, recipients=(), format=1)


def test_the_bytes_of_a_receipt_stay_what_they_are() -> None:
    assert RECEIPT.body == (
        b'{"budget_left":null,"budget_spent":null,"cadence":"week","code":"0.1.0",'
        b'"decisions":{"published":3,"too_few":1},"end":"2026-11-09","format":2,"input":"'
        + b"e" * 64 + b'","k":10,"models":["m-1"],"policy":"' + b"f" * 64
        + b'","published":3,"quarter":"2026Q4","recipients":["page","webhook:ep_1"],'
        b'"start":"2026-11-02","weights":{"m-1":{"heads.safetensors":"' + b"d" * 64
        + b'"}},"withheld":1}'
    )  # fmt: skip


def test_the_bytes_of_a_receipt_of_the_first_format_stay_what_they_were() -> None:
    assert OF_FORMAT_1.body == (
        b'{"cadence":"week","code":"0.1.0","decisions":{"published":3,"too_few":1},'
        b'"end":"2026-11-09","input":"' + b"e" * 64 + b'","k":10,"models":["m-1"],"policy":"'
        + b"f" * 64 + b'","published":3,"quarter":"2026Q4","start":"2026-11-02","withheld":1}'
    )  # fmt: skip


def test_the_order_in_which_things_were_counted_leaves_no_trace() -> None:
    other = replace(RECEIPT, decisions={"too_few": 1, "published": 3})

    assert other.id == RECEIPT.id


def test_any_other_content_has_another_name() -> None:
    others = [
        replace(RECEIPT, k=9),
        replace(RECEIPT, window=WEEKS[1]),
        replace(RECEIPT, policy="0" * 64),
        replace(RECEIPT, withheld=0),
        replace(RECEIPT, models=("m-2",)),
        replace(RECEIPT, code="0.1.1"),
        replace(RECEIPT, weights={"m-1": {"heads.safetensors": "0" * 64}}),
        replace(RECEIPT, recipients=("page",)),
        replace(RECEIPT, budget_spent=0.5),
        replace(RECEIPT, budget_left=0.5),
    ]

    assert len({receipt.id for receipt in [RECEIPT, *others]}) == len(others) + 1


@pytest.mark.parametrize("receipt", [RECEIPT, OF_FORMAT_1, replace(RECEIPT, budget_left=0.25)])
def test_a_receipt_is_read_as_it_was_written(receipt: Receipt) -> None:
    assert read(receipt.body.decode()) == receipt


@pytest.mark.parametrize(
    "change",
    [("{", "{ "), ('"k":10', '"k":"x"'), ("week", "hour"), ('"k":10,', ""), ("{", "["),
     ('"start":"2026-11-02"', '"start":"2026-11-03"'), ('"k":10', '"k":10.0,"j":1')],
)  # fmt: skip
def test_what_is_no_receipt_in_its_one_spelling_is_refused(change: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="receipt"):
        read(RECEIPT.body.decode().replace(*change, 1))


@given(st.lists(st.binary(max_size=9), min_size=2, max_size=5, unique=True), st.data())
def test_a_chain_in_another_order_or_with_a_gap_ends_elsewhere(
    bodies: list[bytes], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(bodies).filter(lambda other: other != bodies))

    def head(entries: list[bytes]) -> str:
        last = "0" * 64
        for body in entries:
            last = chain_hash(last, body)
        return last

    assert len({head(bodies), head(shuffled), head(bodies[1:]), head(bodies[:-1])}) == 4
