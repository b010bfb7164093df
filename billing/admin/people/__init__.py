"""Who works here, as what, and how they get in."""
