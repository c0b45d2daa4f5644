"""HTTP: thin routes over the read model."""
