"""Money that came in, went back, or is used for something else."""
