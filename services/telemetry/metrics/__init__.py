"""Operational metrics, one file a service.  Closed lists of names, labels and label values."""
