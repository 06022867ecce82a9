"""Tests of the node, mirroring its rooms."""
