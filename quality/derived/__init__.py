"""Views that follow from the declared tables: which rows each call served, and which row each row is made from.

What does not belong here: views that are written as SQL (`sql/views/`), and column lineage, which follows from queries
(`reasonmed_assets.lineage`).
"""
