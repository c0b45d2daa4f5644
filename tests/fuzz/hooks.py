"""Teaches schemathesis, which imports this by its environment, what NDJSON is."""

from __future__ import annotations

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def ndjson(_: schemathesis.SerializationContext, value: object) -> bytes:
    """One document a line; what is no list is sent as one line, as broken clients do."""
    documents = value if isinstance(value, list) else [value]
    lines = (one if isinstance(one, str) else json.dumps(one) for one in documents)
    return "\n".join(lines).encode("utf-8", "surrogatepass")
