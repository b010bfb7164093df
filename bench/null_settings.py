"""The product's settings, but for the URLs."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.null_view"
