"""What every table must be: one schema per table, assertions over rows, expectations on distributions.

`schema.py` and `tables/` declare the tables; `assertions/` holds the rules over rows as SQL, `expectations/` those on
distributions; `auditing.py` runs them on staged rows before they are published; `checks.py` shows them in Dagster,
`records.py` keeps the results.

How tables are made is in `sql/` and `assets/`, how they are stored in `storage/`, how results are shown in `pages/`.
"""
