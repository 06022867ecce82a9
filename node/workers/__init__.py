"""Work that nobody waits for: each worker asks storage what is due, and the actions do it."""
