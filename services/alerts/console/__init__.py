"""The page that everybody sees first, in three languages, from published cells alone."""
