"""What was published and decided, in a chain that shows any later change."""

from services.alerts.ledger.chain import GENESIS, EntryKind, append
from services.alerts.ledger.recording import Terms, record
from services.alerts.ledger.verification import LedgerCheck, sound_receipt, verify

__all__ = [
    "GENESIS",
    "EntryKind",
    "LedgerCheck",
    "Terms",
    "append",
    "record",
    "sound_receipt",
    "verify",
]
