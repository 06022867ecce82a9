"""What can be done with pupils: the only room that opens the vault.

It turns held work into ordinary actions under an alias. Only the pages, the
commands and the workers of `node/crew.py` call it.
"""
