"""The rules of the method, as pure functions of rows and texts.

No file is read, no model is asked and no table is named here; rules that are clearer in SQL are in `sql/`.
"""
