"""A release: the data set as its publisher owes it, in a folder that others load, judge and check.

`writing.py` makes one, `verifying.py` finds what was changed in one since. What the rows hold is made by `sql/release/`
and declared in `columns.py`; the forms that trainers read are those of an export (`reasonmed_assets.release`).
"""
