"""What every screen is built of: whose rows it shows, the pages of documents, acts on them, their history."""
