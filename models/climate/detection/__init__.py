"""Changes of groups that are larger than chance, from released statistics alone."""
