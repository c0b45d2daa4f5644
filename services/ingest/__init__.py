"""Zone A, the gateway: the only service that knows people."""
