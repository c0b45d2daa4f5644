"""What platforms export, read as the events that they would have sent.

Each reader yields, for each thing that could be a message, what a connector would have made of it:
an event, why there is nothing in it to admit, or what is wrong with it.
"""

from __future__ import annotations

from services.ingest.feed_event import FeedEvent
from services.ingest.sources.reading import Ignored, SourceError

Found = FeedEvent | Ignored | SourceError


class NotAnExport(Exception):
    """The file is no export that can be read; says why, and nothing of what is in it."""
