"""Table `reasonmed`."""

from reasonmed_assets.quality.schema import Table, column, table

from reasonmed_assets.vocabulary import FOLDS, PATH_STAGES, PROVIDER_KINDS, SPLIT_ROLES, TIERS


@table(
    "reasonmed",
    group="examples",
    grain="One row per final example: question, tier and the path that stands for it.",
    key="example_id",
    partitioned=True,
)
class Reasonmed(Table):
    """One row per final example: question, tier and the path that stands for it."""

    example_id: str = column("Hash of question and slot.", unique=True)
    question_id: str = column("The question.", derives_from=("questions.question_id",))
    source: str = column("Name of the source.", derives_from=("questions.source",))
    tier: str = column("Tier of the question.", isin=TIERS, derives_from=("difficulty_tiers.tier",))
    slot: int = column("First or second example of the question.", ge=1, le=2)
    path_id: str = column(
        "The path released.",
        unique=True,
        derives_from=(
            "ranked_paths.path_id",
            "refined_paths.path_id",
        ),
    )
    stage: str = column("How the path was made.", isin=PATH_STAGES)
    parent_path_id: str = column(
        "The path that it was rewritten from.", nullable=True, derives_from=("refined_paths.parent_path_id",)
    )
    generator: str = column(
        "Generator of the path or of its parent.", nullable=True, derives_from=("reasoning_paths.generator",)
    )
    model: str = column(
        "Model that wrote the text.",
        derives_from=(
            "reasoning_paths.model",
            "refined_paths.model",
        ),
    )
    path_text: str = column(
        "The text of the path.",
        derives_from=(
            "reasoning_paths.path_text",
            "refined_paths.path_text",
        ),
    )
    answer_letter: str = column(
        "Letter that it concludes with.",
        derives_from=(
            "reasoning_paths.answer_letter",
            "refined_paths.answer_letter",
        ),
    )
    gold_letter: str = column("Letter of the key.", derives_from=("questions.gold_letter",))
    content_hash: str = column(
        "Hash of the text.",
        derives_from=(
            "reasoning_paths.content_hash",
            "refined_paths.content_hash",
        ),
    )
    group_id: str = column("Group of the question.", derives_from=("questions.group_id",))
    fold: str = column("Train or validation.", isin=FOLDS, derives_from=("questions.fold",))
    split_role: str = column(
        "stand_in rows are refused by an export.", isin=SPLIT_ROLES, derives_from=("questions.split_role",)
    )
    licence: str = column("Licence of the source.", derives_from=("questions.licence",))
    override_note: str = column(
        "What people decided about the question.", nullable=True, derives_from=("questions.override_note",)
    )
    is_label_doubt: bool = column("The key itself is in doubt.", derives_from=("difficulty_tiers.is_label_doubt",))
    provider_kind: str = column(
        "Kind of provider behind the text.",
        isin=PROVIDER_KINDS,
        derives_from=(
            "reasoning_paths.provider_kind",
            "refined_paths.provider_kind",
        ),
    )
