"""Table `question_matches`."""

from reasonmed_assets.quality.schema import Table, column, table

from reasonmed_assets.vocabulary import MATCH_DECISIONS, SPLIT_ROLES


@table(
    "question_matches",
    group="questions",
    grain="One row per pair of duplicate, contaminated or similar questions, with the evidence and the decision.",
    key="match_id",
    partitioned=False,
)
class QuestionMatches(Table):
    """One row per pair of duplicate, contaminated or similar questions, with the evidence and the decision."""

    match_id: str = column("Hash of the two rows.", unique=True)
    raw_id: str = column("The row that is decided on.")
    source: str = column("Source of the row that is decided on.")
    other_raw_id: str = column(
        "The row that it matches.",
        derives_from=("benchmark_questions.raw_id",),
    )
    other_source: str = column(
        "Source of the other row.",
        derives_from=("benchmark_questions.source",),
    )
    other_split_role: str = column(
        "Split role of the other row: benchmark for a contamination.",
        isin=SPLIT_ROLES,
        derives_from=("benchmark_questions.split_role",),
    )
    decision: str = column("What follows for the row; grouped: both stay, in one group.", isin=MATCH_DECISIONS)
    is_exact: bool = column("Same normalised stem and options (any order, or a subset of them).")
    edit_ratio: float = column("Edit ratio of stem plus options, 0 to 100.", ge=0, le=100)
    is_same_gold: bool = column("The gold texts agree.")
    is_same_facts: bool = column("The numbers and the negations agree.")
    evidence: str = column("Where the other row is (source, split, file, row) and how it begins.")
    group_id: str = column("Smallest raw_id among the rows that matches connect with this one, benchmarks apart.")
