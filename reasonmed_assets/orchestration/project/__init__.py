"""What Dagster's own commands load in the folder of the project: the code location, the history of the warehouse.

How the code location is assembled is in `code_location.py`, where a history lies in `history.py` beside this package.
"""
