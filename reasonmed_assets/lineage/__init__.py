"""Lineage: what every column is made from, the trace of one question, and why the rows of two states differ.

Read-only, over declarations (the SQL files with their headers, the tables' schemas, the roles' prompts, what Python
code declares of the relations that it makes) and over a snapshot's rows.

What does not belong here: showing lineage (`pages`, `materialisation`), and declaring what a query reads (`sql`).
"""
