"""HTTP's words: the planning service lives here."""
