"""Invoices, and what was said about them between us and the gateways."""
