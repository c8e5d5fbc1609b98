"""The code location of this package, for Dagster's own commands: `dg dev`, `dg launch`, `dagster dev`.

The recipe of the warehouse says what its runs start from, as in `reasonmed ui`. The process that imports this is one of
Dagster's, and collects garbage as those of `reasonmed` do.
"""

from reasonmed_assets.machine import seldom_collect_garbage
from reasonmed_assets.orchestration.code_location import build_defs
from reasonmed_assets.orchestration.project.forking import fork_runs

seldom_collect_garbage()
fork_runs()
defs = build_defs()
