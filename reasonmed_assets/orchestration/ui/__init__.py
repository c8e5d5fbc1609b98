"""Dagster's pages behind a guard: the processes of `reasonmed ui`, and who may send them requests.

`serving.py` starts and stops three processes: Dagster's code server and daemon (`service.py`), and its webserver
(`webserver.py`) behind `guard.py`, which also serves the warehouse's pages (`pages.py`). What a run's configuration may
set is in `reasonmed_assets.config.launching`, since that holds without a guard too. While the daemon
runs, `interchange.py` tells other tools what runs made.
"""
