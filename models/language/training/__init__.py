"""How the committed weights were made: run by hand, never by a service."""
