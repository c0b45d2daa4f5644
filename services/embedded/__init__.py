"""The one-machine default: a broker process and a supervisor."""
