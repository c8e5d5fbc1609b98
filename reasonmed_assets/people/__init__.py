"""What people decided: overrides of single questions, reviews of final examples, as files that are read and checked.

How the review page looks belongs to `pages/`; what the decisions change is in `sql/`.
"""
