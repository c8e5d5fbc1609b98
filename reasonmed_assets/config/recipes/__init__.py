"""The recipe of a warehouse: what its builds are made by, kept with the warehouse in numbered versions.

Here belong what a recipe says and the file that holds its versions. What a build makes of one is in `settings.py`; when
a version is kept is decided in `materialisation/`.
"""
