"""How units work together, from replies that are counted between units, never between people."""
