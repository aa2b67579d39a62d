"""Planning in the background: queued in the store, run in child processes, never lost."""
