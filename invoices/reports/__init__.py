"""What owners and auditors ask of the books: figures counted from the rows, on the merchant's own days."""
