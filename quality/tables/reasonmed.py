"""Table `reasonmed`."""

from reasonmed_assets.quality.schema import QUESTION, Guard, Table, column, table

from reasonmed_assets.vocabulary import FOLDS, PATH_STAGES, PROVIDER_KINDS, SPLIT_ROLES, TIERS


@table(
    "reasonmed",
    group="examples",
    grain="One row per final example: question, tier and the path that stands for it.",
    key="example_id",
    partitioned_by="source",
    shown=("tier", "answer_letter", "path_text"),
    guard=Guard(
        follows="questions",
        named_by=("correct_key", "mark_doubt"),
        decided="gone.example_id in (select example_id from reviews where is_current)",
    ),
    unit=QUESTION,
)
class Reasonmed(Table):
    """One row per final example: question, tier and the path that stands for it."""

    example_id: str = column("Hash of question and slot.", unique=True)
    question_id: str = column("The question.")
    source: str = column("Name of the source.")
    tier: str = column("Tier of the question.", isin=TIERS)
    slot: int = column("First or second example of the question.", ge=1, le=2, origin="constant")
    path_id: str = column("The path released.", unique=True)
    stage: str = column("How the path was made.", isin=PATH_STAGES)
    parent_path_id: str = column("The path that it was rewritten from.", nullable=True, id_of="path_id")
    generator: str = column("Generator of the path or of its parent.", nullable=True)
    model: str = column("Model that wrote the text.")
    path_text: str = column("The text of the path.")
    answer_letter: str = column("Letter that it concludes with.")
    gold_letter: str = column("Letter of the key.")
    content_hash: str = column("Hash of the text.")
    group_id: str = column("Group of the question.")
    fold: str = column("Train or validation.", isin=FOLDS)
    split_role: str = column("stand_in rows are refused by an export.", isin=SPLIT_ROLES)
    licence: str = column("Licence of the source.")
    override_note: str = column("What people decided about the question.", nullable=True)
    is_label_doubt: bool = column("The key itself is in doubt.")
    provider_kind: str = column("Kind of provider behind the text.", isin=PROVIDER_KINDS)
