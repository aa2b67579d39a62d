"""The city's words: orders, couriers, waves and plans."""
