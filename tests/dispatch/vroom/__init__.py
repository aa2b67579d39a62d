"""VROOM, judged against itself."""
