"""Zone B, scoring: sees words in memory, for as long as a batch takes."""
