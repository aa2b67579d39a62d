"""Endpoints: each translates between HTTP and the floors below."""
