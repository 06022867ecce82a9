"""Finds the names of a school's pupils in texts: pure, without a file, a database or a clock."""
