"""Business figures beside the climate: what is imported, what is found, and what that may say."""
