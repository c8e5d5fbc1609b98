"""What a trainer sees of an export: every record rendered by that trainer's own code, in figures and refusals.

What does not belong here: training itself, and how the files of an export are written.
"""
