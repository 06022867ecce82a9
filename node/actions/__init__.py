"""What can be done, in users' verbs: each action decides with the protocol and is one unit."""
