"""How HR is told: an outbox in SQL, signed webhooks, retries that survive a restart."""
