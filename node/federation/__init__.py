"""The other door: what machines ask of this node, answered in documents and lines."""
