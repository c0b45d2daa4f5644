"""The encoder that is built on each machine, and the heads that ship."""
