"""Operational metrics, one file a service.  Closed lists of names, labels and label values."""

from __future__ import annotations

from prometheus_client import disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]  # else every counter brings a second series that nobody reads
