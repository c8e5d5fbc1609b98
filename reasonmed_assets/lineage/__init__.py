"""Lineage: the upstream columns that every column is made from, and the trace of one question through all tables.

Read-only, over declarations (the SQL files with their headers, the tables' schemas, the roles' prompts, what Python
code declares of the relations that it makes) and over a snapshot's rows.

What does not belong here: showing lineage (`pages`, `materialisation`), and declaring what a query reads (`sql`).
"""
