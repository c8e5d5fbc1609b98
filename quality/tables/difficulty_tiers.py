"""Table `difficulty_tiers`."""

from reasonmed_assets.quality.schema import QUESTION, Table, column, table

from reasonmed_assets.vocabulary import TIERS


@table(
    "difficulty_tiers",
    group="tiers",
    grain="One row per question with its tier and what the tier rests on.",
    key="question_id",
    partitioned_by="source",
    shown=("tier", "n_correct", "n_error", "n_missing"),
    unit=QUESTION,
)
class DifficultyTiers(Table):
    """One row per question with its tier and what the tier rests on."""

    question_id: str = column("The question.", unique=True, id_of="question_id")
    source: str = column("Name of the source.")
    n_paths: int = column("Paths asked for.", ge=1)
    n_correct: int = column("Correct paths.", ge=0)
    n_error: int = column("Error paths.", ge=0)
    n_missing: int = column("Paths without a judgement.", ge=0)
    easy_max_errors: int = column("The most errors of an Easy question.", ge=0)
    medium_max_errors: int = column("The most errors of a Medium question.", ge=0)
    best_tier: str = column("Tier if every missing verdict were correct.", isin=TIERS)
    worst_tier: str = column("Tier if every missing verdict were an error.", isin=TIERS)
    tier: str = column("The tier; unresolved when the missing verdicts decide.", isin=TIERS)
    doubt_letter: str = column("The other option that most paths conclude with.", nullable=True)
    doubt_share: float = column("Share of the paths that conclude with it.", ge=0, le=1)
    doubt_models: int = column("Generators in which a majority concludes with it.", ge=0)
    is_label_doubt: bool = column("The key itself is in doubt, by the paths or by people.")
    override_note: str = column("Who marked the key as doubtful, and why.", nullable=True)
