"""Table `call_uses`."""

from reasonmed_assets.quality.schema import CALL, Table, column, table


@table(
    "call_uses",
    group="provenance",
    grain="One row per row of the warehouse that a call served.",
    key="use_id",
    partitioned_by=None,
    shown=("used_by", "role", "cost_share"),
    unit=CALL,
)
class CallUses(Table):
    """One row per row of the warehouse that a call served."""

    use_id: str = column("Hash of table, row and call.", unique=True)
    used_by: str = column("Table of the row.", origin="constant")
    row_id: str = column("Id of the row.")
    source: str = column("Name of the source.")
    question_id: str = column("The question that the row is of; null where it is of none.", nullable=True)
    example_id: str = column(
        "The example that the call is for; null where it serves all of its question's.", nullable=True
    )
    role: str = column("Model role.")
    call_key: str = column("Ledger key of the call.")
    cost_share: float = column("1 / number of rows that the call served.", gt=0, le=1)
