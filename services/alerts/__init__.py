"""Zones C and D: open windows, the one door out, and what people read."""
