"""One file per rule of the OR-Tools model: when it applies and how it enters."""
