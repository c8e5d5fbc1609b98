"""What Dagster's own commands load in the folder of the project: the code location, and the history of the warehouse."""
