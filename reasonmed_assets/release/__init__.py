"""The training sets as files that trainers read.

What the sets hold is decided by their tables (`assets/`, `sql/`); nothing is made or changed here.
"""
