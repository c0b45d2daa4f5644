"""Allow-listed logs and metrics: no text, no name, no pseudonym."""
