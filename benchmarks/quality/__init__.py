"""Cost at equal seconds: engines side by side on public instances."""
