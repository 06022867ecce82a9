"""Tests: pure ones mirror the tree, the others drive whole nodes."""
