"""A customer's page, and what is done about a customer."""
