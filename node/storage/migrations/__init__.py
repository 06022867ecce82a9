"""Numbered SQL files, applied in order, each once, never changed after it has been released."""
