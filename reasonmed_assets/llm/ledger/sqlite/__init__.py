"""The call store in one SQLite file: its schema and versions, what each operation changes, and reading.

Nothing outside this folder knows the file's tables, but for tests of the file itself.
"""
