"""Where everything is kept: one room for SQL, row modules by noun, values in and out."""
