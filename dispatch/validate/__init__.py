"""Named rules over a snapshot; all issues at once."""
