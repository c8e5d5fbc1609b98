"""The trace of a row: everything that the warehouse knows of one question, found from any id or from its words.

`gathering.py` finds the question and reads its rows, `story.py` tells them as a tree, `tracing.py` does both. They read
a snapshot and import nothing that is slow to load, so that a command starts at once.

What does not belong here: drawing the tree as a page (`pages`).
"""
