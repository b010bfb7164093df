"""What the nightly audits found."""
