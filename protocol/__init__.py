"""What travels between nodes: pure decisions, no input or output, no clock, no chance.

Nothing here waits, reads a file, opens a socket or asks for the time; whoever calls passes bytes,
the time and random numbers in, and gets values or a `protocol.errors.Refused` back. The same code
therefore runs inside a node and inside the simulation.
"""
