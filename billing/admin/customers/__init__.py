"""Customers, and the part of a form that says for whom it is."""
