"""Results of checks that no audit of staged rows gives: those of an earlier audit that still hold, and of whole tables.

What does not belong here: the checks of a table's rows and how they are run (`quality`).
"""
