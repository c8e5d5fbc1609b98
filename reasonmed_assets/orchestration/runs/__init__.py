"""The Dagster runs of a build: one in this process, or several at once, each in a process of its own.

`run.py` makes one; `processes.py` is the side of the build where there are several, which shows what they do and holds
the model servers; `child.py` is the other side.
"""
