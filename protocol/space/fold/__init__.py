"""Folds: from effective operations and payloads to what people see. Pure, object by object."""
