"""What crosses a boundary, along the one line of Barograph.

1. ``ingest`` admits an event and writes it to its spool          -> ``messages.v1``
2. ``sentiment`` opens the text in memory and scores it           -> ``scores.v1``
3. ``alerts`` collects the score into an open window, commits     -> ``settled.v1`` (to the spool)
4. ``ingest`` says up to when it owes nothing                     -> ``progress.v1``
5. ``alerts`` closes the windows that every gateway has passed    -> published cells in SQL

Beside the line: ``units.v1`` (the unit tree), ``channels.v1`` (places that could be ghost towns)
and ``dead-letters.v1`` (where and why, never what).
"""
