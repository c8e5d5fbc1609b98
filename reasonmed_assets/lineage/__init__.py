"""Column lineage: the upstream columns that every column of a table or view is made from.

Read-only, over declarations: the SQL files with their headers, the tables' schemas, the roles' prompts, and what Python
code declares of the relations that it makes.

What does not belong here: showing lineage (`pages`, `materialisation`), and declaring what a query reads (`sql`).
"""

from reasonmed_assets.lineage.edges import Edge, Lineage, edges_of
from reasonmed_assets.lineage.query import LineageError

__all__ = ["Edge", "Lineage", "LineageError", "edges_of"]
