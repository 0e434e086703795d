"""What central does, one module a subject: check the right, one transaction, one audit row."""
