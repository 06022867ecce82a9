"""The vault's own numbered SQL files, applied in order, each once."""
