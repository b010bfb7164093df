"""The whole life of a document, told from its own rows in the order in which it happened."""
