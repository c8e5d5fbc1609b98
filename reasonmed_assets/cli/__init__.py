"""The command line: one module per group of commands, and what they print.

No logic that another caller would need: a command reads its options, calls a package below, and prints.
"""
