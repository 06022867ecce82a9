"""Connections from this node to other machines; nothing else in the project opens one."""
