"""What every table must be: one schema per table, assertions over rows, expectations on distributions.

`schema.py` and `tables/` declare the tables; `assertions/` holds the rules over rows as SQL, `expectations/` those on
distributions; `auditing.py` runs them on staged rows before they are published; `checks.py` shows them in Dagster,
`records.py` keeps how they went, `report.py` and `data_docs.py` make pages of that; `dictionary.py` writes the data
dictionary. How tables are made and stored is elsewhere (`sql/`, `reasonmed_assets/`).
"""

from reasonmed_assets.quality.auditing import CheckOutcome, audit
from reasonmed_assets.quality.parameters import variables
from reasonmed_assets.quality.statistics import statistics

__all__ = ["CheckOutcome", "audit", "statistics", "variables"]
