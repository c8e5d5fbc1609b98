"""The trace of a row: everything that the warehouse knows of one question, found from any id or from its words.

`gathering.py` finds the question and reads its rows, `story.py` tells them as a tree. Both read a snapshot and import
nothing that is slow to load, so that a command starts at once.

What does not belong here: printing the tree (`cli`) and drawing it (`pages`).
"""
