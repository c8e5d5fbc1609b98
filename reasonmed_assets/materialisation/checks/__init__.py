"""Results of checks that no audit of staged rows gives: those of an earlier audit that still hold, and of whole tables;
and what is said of checks that keep rows back.

What does not belong here: the checks of a table's rows and how they are run (`quality`).
"""
