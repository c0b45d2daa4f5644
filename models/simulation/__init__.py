"""A synthetic organisation with planted truth."""
