"""The call engine: from a step's rows to their final replies, calls made once, limits kept, progress reported.

How a request is sent belongs to `transports/`, how it is stored to `ledger/`, what a reply means to `replies/`.
"""
