"""Table `question_matches`."""

from functools import partial

from reasonmed_assets.quality.schema import Table, column, table

from reasonmed_assets.vocabulary import MATCH_DECISIONS, SPLIT_ROLES

_read = partial(column, origin="file")


@table(
    "question_matches",
    group="questions",
    grain="One row per pair of duplicate, contaminated or similar questions, with the evidence and the decision.",
    key="match_id",
    partitioned_by=None,
    shown=("decision", "evidence"),
)
class QuestionMatches(Table):
    """One row per pair of duplicate, contaminated or similar questions, with the evidence and the decision."""

    match_id: str = _read("Hash of the two rows.", unique=True)
    raw_id: str = _read("The row that is decided on.")
    source: str = _read("Source of the row that is decided on.")
    other_raw_id: str = _read("The row that it matches.", id_of="raw_id", kind="similar_to")
    other_source: str = _read("Source of the other row.")
    other_split_role: str = _read("Split role of the other row: benchmark for a contamination.", isin=SPLIT_ROLES)
    decision: str = _read("What follows for the row; grouped: both stay, in one group.", isin=MATCH_DECISIONS)
    is_exact: bool = _read("Same normalised stem and options (any order, or a subset of them).")
    edit_ratio: float = _read("Edit ratio of stem plus options, 0 to 100.", ge=0, le=100)
    is_same_gold: bool = _read("The gold texts agree.")
    is_same_facts: bool = _read("The numbers and the negations agree.")
    evidence: str = _read("Where the other row is (source, split, file, row) and how it begins.")
    group_id: str = _read("Smallest raw_id among the rows that matches connect with this one, benchmarks apart.")
