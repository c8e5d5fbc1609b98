"""The rules of the method, as pure functions of rows and texts: no files, no model, no warehouse."""
