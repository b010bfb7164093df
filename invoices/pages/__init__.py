"""What customers' pages are made of: which state they show, in which words and language, under which safeguards."""
