"""Posts on X, from the filtered stream of its API v2: it needs a token, and costs money."""
