"""A Schoolgate node: the doors, the actions behind them, and what they are stored in."""
