"""Benchmarks: each measures real work beside a ceiling of the same run, and prints both."""
