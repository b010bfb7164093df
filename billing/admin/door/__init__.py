"""The pages before the office, open to who is not in yet."""
