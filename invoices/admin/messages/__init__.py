"""The texts that customers get."""
