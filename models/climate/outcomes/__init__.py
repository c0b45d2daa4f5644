"""Climate beside business indicators and dated events: association, never cause."""
