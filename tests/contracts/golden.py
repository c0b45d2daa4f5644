"""Bytes of every record version ever released.  They are only ever added to."""

from __future__ import annotations

from typing import Final

from services.contracts.channels import ChannelsV1
from services.contracts.dead_letters import DeadLetterV1
from services.contracts.messages import MessageV1
from services.contracts.progress import ProgressV1
from services.contracts.record import Record
from services.contracts.scores import ScoreV1
from services.contracts.settled import SettledV1
from services.contracts.units import UnitsV1

BEFORE_HOURS: Final = (
    b'"kind":"post","spool_id":"gateway-1","seq":7,"digest":"dddddddddddddddddddddddddddddddd",'
    b'"version":1,"block":27,"pid":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","leaf":"be.sales.gent",'
    b'"countable":true,"local_day":"2026-02-02","after_hours":false,'
    b'"place":"cccccccccccccccccccccccccccccccc","other_leaf":null,"answer_bucket":null'
)
ENVELOPE: Final = BEFORE_HOURS + b',"hour":13'

GOLDEN: Final[tuple[tuple[type[Record], bytes], ...]] = (
    (MessageV1, b"{" + ENVELOPE + b',"sealed":"AAdRgAAAAAAAAAAAAAAAAGNhbmFyeQ=="}'),
    (
        ScoreV1,
        b"{" + ENVELOPE + b',"language":"nl","outputs":{"valence_micro":-250000,'
        b'"signals":["exhaustion"],"drivers":["workload","balance"]},"model":"default-2026.1"}',
    ),
    (ScoreV1, b"{" + ENVELOPE + b',"language":null,"outputs":null,"model":"none"}'),
    (SettledV1, b'{"spool_id":"gateway-1","seqs":[7,8],"settlement":"collected"}'),
    (
        ProgressV1,
        (
            b'{"spool_id":"gateway-1","owes_nothing_until":"2026-02-02T09:00:00Z",'
            b'"settled_below":7,"declared":false,"said_at":"2026-02-02T09:00:01Z",'
            b'"lease_until":"2026-02-02T09:01:01Z"}'
        ),
    ),
    (
        UnitsV1,
        (
            b'{"quarter":"2026Q1","units":[{"id":"be","parent":null,"names":{"en":"Belgium",'
            b'"nl":"Belgi\xc3\xab","fr":"Belgique"},"eligible":2000}]}'
        ),
    ),
    (
        ChannelsV1,
        (
            b'{"spool_id":"gateway-1","block":27,"places":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",'
            b'"cccccccccccccccccccccccccccccccc"]}'
        ),
    ),
    (
        DeadLetterV1,
        b'{"topic":"messages.v1","partition":2,"offset":41,"faults":[["/digest","missing"]]}',
    ),
)

EARLIER: Final[tuple[tuple[type[Record], bytes], ...]] = (
    (MessageV1, b"{" + BEFORE_HOURS + b',"sealed":"AAdRgAAAAAAAAAAAAAAAAGNhbmFyeQ=="}'),
    (ScoreV1, b"{" + BEFORE_HOURS + b',"language":null,"outputs":null,"model":"none"}'),
)
"""Of releases that knew fewer fields: what they do not say is not known."""
