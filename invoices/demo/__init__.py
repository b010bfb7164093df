"""The demo: merchants to try the product with."""
