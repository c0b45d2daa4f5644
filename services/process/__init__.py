"""How a process of ours starts, is watched and ends: one way for HTTP, one for topics."""
