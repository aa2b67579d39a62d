"""Numbers in, routes out: the routing problem, its engines and the checker of what they find."""
