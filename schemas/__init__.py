"""The shapes of everything that travels or is stored as JSON, as data. Imports nothing of ours."""
