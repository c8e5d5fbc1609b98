"""Above the assets: the Dagster code location, its jobs, a whole build in one process, and the check of a set-up.

How a table is made belongs to `assets/` and `materialisation/`; what a command prints to `cli/`.
"""
