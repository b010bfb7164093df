"""Bills, installments and plans with what was asked for them and what was paid."""
