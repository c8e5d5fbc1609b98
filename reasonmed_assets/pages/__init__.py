"""Pages rendered from declarations, audits and published rows: quality report, Data Docs, review page, reference.

Nothing is declared or decided here: tables and checks are declared in `quality/`, people's decisions read in `people/`.
"""
