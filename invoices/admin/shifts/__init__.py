"""A cashier's day."""
