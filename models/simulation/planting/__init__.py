"""What really happens in a synthetic organisation, written down before its messages are."""
