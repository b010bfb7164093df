"""What the gateway says it collected, kept and paid out, held against the payments we know (decision 36)."""
