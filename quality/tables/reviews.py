"""Table `reviews`."""

from functools import partial

from reasonmed_assets.quality.schema import Guard, Table, column, table

from reasonmed_assets.vocabulary import REVIEW_VERDICTS, TIERS

_read = partial(column, origin="file")


@table(
    "reviews",
    group="people",
    grain="One row per row that a reviewer filled in, those that cannot be used included, with the reason.",
    key="review_id",
    partitioned_by=None,
    shown=("reviewer", "key_verdict", "comment"),
    guard=Guard(decided="gone.problem is null"),
)
class Reviews(Table):
    """One row per row that a reviewer filled in, those that cannot be used included, with the reason."""

    review_id: str = _read("Hash of file and row.", unique=True)
    file: str = _read("File in the warehouse's folder `reviews`, numbered in the order in which they came.")
    row: int = _read("Record number in the file, from 1.", ge=1)
    example_id: str = _read("The example, as filled in.", nullable=True, id_of="example_id", kind="about")
    content_hash: str = _read("Hash of the path that the reviewer saw, as filled in.", nullable=True)
    question_id: str = column(
        "The example's question; null where there is no such example now.",
        nullable=True,
        id_of="question_id",
        kind="about",
    )
    source: str = column("Its source.", nullable=True)
    tier: str = column("Its tier.", nullable=True, isin=TIERS)
    reviewer: str = _read("Who filled it in.", nullable=True)
    key_verdict: str = _read("Whether the keyed option is the right one.", nullable=True, isin=REVIEW_VERDICTS)
    reasoning_verdict: str = _read(
        "Whether the path's statements are true and its steps sound.", nullable=True, isin=REVIEW_VERDICTS
    )
    answer_verdict: str = _read("Whether the short answer is right.", nullable=True, isin=REVIEW_VERDICTS)
    comment: str = _read("The reviewer's own words.", nullable=True)
    problem: str = _read("Why the row cannot be used; null for a good one.", nullable=True)
    is_stale: bool = column(
        "The example's path has changed since, or there is no such example; null for a row with a problem.",
        nullable=True,
    )
    is_current: bool = _read("The reviewer's last word on this text.")
    raw_text: str = _read("The row as it came, as JSON.")
