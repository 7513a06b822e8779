"""The doors for who comes by HTTP: a repository's webhook, and readers of the digests' feed."""
