"""Table `overrides`."""

from functools import partial

from reasonmed_assets.quality.schema import Guard, Table, column, table

from reasonmed_assets.vocabulary import OVERRIDE_KINDS

_read = partial(column, origin="file")


@table(
    "overrides",
    group="questions",
    grain="One row per entry of the overrides file and question that it names; one for an entry that names none.",
    key="override_id",
    partitioned_by=None,
    shown=("kind", "question_id", "reason", "decided_by"),
    guard=Guard(identity="question_id", decided="gone.is_applied"),
)
class Overrides(Table):
    """One row per entry of the overrides file and question that it names; one for an entry that names none."""

    override_id: str = _read("Hash of kind, entry and question.", unique=True)
    kind: str = _read("What was decided.", isin=OVERRIDE_KINDS)
    entry: int = _read("Number of the entry among those of its kind in the file, from 1.", ge=1)
    question_id: str = _read(
        "The question; as given where there is no such record.", nullable=True, id_of="question_id", kind="about"
    )
    source: str = _read("Its source; as given where there is no such record.", nullable=True)
    native_id: str = _read("The publisher's own id of it.", nullable=True)
    published_gold_text: str = _read("Text of its key as published.", nullable=True)
    gold_letter: str = _read("Letter of the corrected key in published order.", nullable=True, str_matches=r"^[A-J]$")
    gold_text: str = _read("Text of the corrected key.", nullable=True)
    reason: str = _read("Why it was decided.", str_length={"min_value": 1})
    decided_by: str = _read("Who decided it.", str_length={"min_value": 1})
    decided_on: str = _read("When, as year-month-day.", str_matches=r"^\d{4}-\d{2}-\d{2}$")
    note: str = _read("The decision in one sentence, as the rows that it changed show it.")
    is_applied: bool = _read("The build follows it.")
    problem: str = _read("Why it does not.", nullable=True)
