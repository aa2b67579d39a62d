"""What the parts of a solve cost: seconds and nanoseconds of one thread."""
