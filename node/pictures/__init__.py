"""Pictures from outside, looked at by a process of their own that may open nothing."""
