"""VROOM's problems in our solver: what they say, in numbers, and when what happens."""
