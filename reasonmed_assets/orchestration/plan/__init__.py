"""What the next build would do: calls, tokens, dollars, hours and rows, found by making it in a scratch warehouse.

The same code makes the tables as in a build. The ledger is only read; a reply that it lacks is counted, and a like
one is used in its place, so that what follows can be estimated. Nothing is sent, published, audited or recorded.
"""
