"""Commands by which data leaves the warehouse for others.

What does not belong here: how the files are made (`reasonmed_assets.release`), and pages (`reasonmed_assets.pages`).
"""
