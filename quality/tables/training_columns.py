"""The columns of every training set."""

from reasonmed_assets.quality.schema import Table, column

from reasonmed_assets.vocabulary import FOLDS, PROVIDER_KINDS, SPLIT_ROLES


class TrainingColumns(Table):
    """A record to train on, and what an export decides by."""

    example_id: str = column("The example.", unique=True)
    question_id: str = column("The question.")
    source: str = column("Name of the source.")
    instruction: str = column("Question with lettered options.", str_length={"min_value": 1})
    input: str = column("Context where there is one, else empty.")
    output: str = column("What the model is to learn to write.", str_length={"min_value": 1})
    fold: str = column("Train or validation.", isin=FOLDS)
    split_role: str = column("stand_in rows are refused by an export.", isin=SPLIT_ROLES)
    provider_kind: str = column("Kind of provider behind the text.", isin=PROVIDER_KINDS)
