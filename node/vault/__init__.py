"""The pupils' own database and key: rows and encryption, nothing more."""
