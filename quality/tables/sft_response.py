"""Table `sft_response`."""

from reasonmed_assets.quality.schema import Table, column, table

from reasonmed_assets.vocabulary import FOLDS, PROVIDER_KINDS, SPLIT_ROLES


@table(
    "sft_response",
    group="training",
    grain="One row per training record (short answer only).",
    key="example_id",
    partitioned=False,
)
class SftResponse(Table):
    """One row per training record (short answer only)."""

    example_id: str = column("The example.", unique=True, derives_from=("reasonmed.example_id",))
    source: str = column("Name of the source.", derives_from=("reasonmed.source",))
    instruction: str = column(
        "Question with lettered options.",
        str_length={"min_value": 1},
        derives_from=(
            "questions.question",
            "questions.options",
        ),
    )
    input: str = column("Context where there is one, else empty.", derives_from=("questions.context",))
    output: str = column(
        "What the model is to learn to write.",
        str_length={"min_value": 1},
        derives_from=(
            "reasonmed.path_text",
            "answer_summaries.summary",
        ),
    )
    fold: str = column("Train or validation.", isin=FOLDS, derives_from=("reasonmed.fold",))
    split_role: str = column(
        "stand_in rows are refused by an export.", isin=SPLIT_ROLES, derives_from=("reasonmed.split_role",)
    )
    provider_kind: str = column(
        "Kind of provider behind the text.", isin=PROVIDER_KINDS, derives_from=("reasonmed.provider_kind",)
    )
