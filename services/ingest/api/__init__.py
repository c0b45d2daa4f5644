"""The gateway's HTTP edge: 202 means that the event survives a power cut, nothing more."""
