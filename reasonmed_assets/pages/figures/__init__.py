"""The charts of the quality report, and the parts of it on what the data cost and how far they can be trusted.

How a page is put together, and how it looks, does not belong here.
"""
