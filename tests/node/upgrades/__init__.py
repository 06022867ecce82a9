"""Databases that earlier releases made: every later one must open and refold them."""
