"""What was published and decided, in a chain that shows any later change."""

from services.alerts.ledger.chain import GENESIS, EntryKind, append
from services.alerts.ledger.digests import digest_of_cells, digest_of_sums
from services.alerts.ledger.verification import LedgerCheck, verify

__all__ = [
    "GENESIS",
    "EntryKind",
    "LedgerCheck",
    "append",
    "digest_of_cells",
    "digest_of_sums",
    "verify",
]
