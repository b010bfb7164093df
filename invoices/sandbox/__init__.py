"""A stand-in for the invoice gateway, over real HTTP, really encrypted; for development and demos only."""
