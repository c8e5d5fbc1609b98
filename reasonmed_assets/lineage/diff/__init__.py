"""What differs between two states of a warehouse, or two exports, and why: rows, tiers, shares, a cause per row.

`sides` opens the two states, `changes` finds the rows, `why` their causes by the rules in `causes`, `shares` compares
figures, `comparison` puts it together. All is SQL over both states in one connection; only examples and sums leave it.
What does not belong here: how it is printed (`cli`), and its page (`pages`).
"""
