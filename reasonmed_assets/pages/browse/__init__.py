"""The page of questions: a sample of them with all that was made of each, to read, filter and search from disk.

Nothing is decided here; what a question shows is one query per part in `sql/browse/`.
"""
