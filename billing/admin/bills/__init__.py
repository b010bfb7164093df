"""Bills, as the layers above show them too."""
