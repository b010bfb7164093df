"""
The audit: re-derives from the schedules and the documents what should be there, and reports every difference.

It proves invariants I3 to I11 from the database alone, and I2 by asking the gateways. Tables are read in streams, so
its time grows with the book and its memory does not.
"""
