"""A plan for people and for other programs."""
