"""Work on many rows in the background: started once, done row by row, exactly once, whoever dies meanwhile."""
