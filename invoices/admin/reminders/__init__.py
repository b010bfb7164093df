"""Reminders and their plans."""
