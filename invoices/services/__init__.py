"""What happens to invoices, one module per noun; `docs/architecture.md` says which is which."""
