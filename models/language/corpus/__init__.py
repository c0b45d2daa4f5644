"""Synthetic workplace messages with labels: training, examples, the simulator's message bank."""
