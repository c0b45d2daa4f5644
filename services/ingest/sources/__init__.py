"""One pure module a format: a payload becomes a ``FeedEvent``, is ignored, or is refused."""
