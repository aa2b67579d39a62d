"""What outlives a process: one schema on SQLite and PostgreSQL."""
