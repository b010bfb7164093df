"""A merchant's settings and its API keys."""
