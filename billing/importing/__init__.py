"""Spreadsheets into rows: read, understood, checked and shown; then done by a background job (decision 31)."""
