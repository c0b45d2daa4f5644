"""How good the shipped models are, on text that they never saw."""
