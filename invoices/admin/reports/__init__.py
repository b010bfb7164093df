"""Reports as pages and files."""
