"""Model calls: what a call is and how it can end; its packages render, make, send, store and read calls.

Which rows need a call, and what its reply means for a row, belongs to `assets/` and `sql/`.
"""
