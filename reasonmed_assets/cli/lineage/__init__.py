"""Commands that tell where rows come from.

What does not belong here: how it is found (`reasonmed_assets.lineage`), and pages (`reasonmed_assets.pages`).
"""
