"""Tables, one file a zone: a schema each on PostgreSQL, one file on SQLite."""
