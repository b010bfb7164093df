"""What merchants' systems are told."""
