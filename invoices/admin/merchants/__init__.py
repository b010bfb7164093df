"""A merchant's settings with what invoices add to them, and its account at the gateway."""
