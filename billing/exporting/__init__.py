"""Lists as files: row by row, in bounded memory, and harmless in a spreadsheet."""
