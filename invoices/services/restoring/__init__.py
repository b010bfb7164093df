"""After the database was restored to an earlier instant, before any worker starts (docs/operations.md)."""
