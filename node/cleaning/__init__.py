"""Files from outside, made anew without what they say about who made them, where and with what."""
