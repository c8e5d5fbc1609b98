"""A build as a whole: what its runs share, and what table `builds` records of it.

What does not belong here: making a table (the package above), and writing the record (`storage`).
"""
