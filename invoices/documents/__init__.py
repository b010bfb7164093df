"""What customers may keep: invoices, receipts, statements of account and clearance certificates, as PDF."""
