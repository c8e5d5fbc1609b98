"""The values that categorical columns store. Nothing else belongs here."""

from enum import StrEnum

SPLIT_ROLES = ("train", "benchmark", "stand_in")
FOLDS = ("train", "validation")
TIERS = ("easy", "medium", "difficult", "unresolved")
VERDICTS = ("correct", "error")
PROVIDER_KINDS = ("real", "simulated", "demonstration")
"""What kind of model plays a role: one for real use, the rehearsal endpoint, or the small built-in model."""

REJECTION_REASONS = (
    "contaminated",
    "duplicate",
    "near_duplicate",
    "conflicting_gold",
    "malformed",
    "too_long",
    "override",
)
MATCH_DECISIONS = ("contaminated", "duplicate", "near_duplicate", "conflicting_gold", "grouped")

OVERRIDE_KINDS = ("drop", "correct_key", "mark_doubt")
"""What people can decide about a question (`people/overrides.py`)."""

REVIEW_VERDICTS = ("right", "wrong", "unsure")
"""A reviewer's possible verdicts on a key, a path or a short answer."""


class Outcome(StrEnum):
    """How a call ended. `completed` is usable; see `reasonmed_assets.llm.outcomes` for what each one means."""

    COMPLETED = "completed"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    MALFORMED = "malformed"
    EMPTY = "empty"
    ANSWERLESS = "answerless"
    FILTERED = "filtered"
    REJECTED = "rejected"
    DECLINED = "declined"
    UNAUTHORISED = "unauthorised"
    TRANSPORT_ERROR = "transport_error"
    TIMED_OUT = "timed_out"


OUTCOMES = tuple(outcome.value for outcome in Outcome)
GIVEN_UP = frozenset(Outcome) - {Outcome.COMPLETED}
"""How the calls of a row end that is without a usable reply."""

ERROR_KINDS = tuple(
    outcome.value
    for outcome in (
        Outcome.TRUNCATED,
        Outcome.REFUSED,
        Outcome.MALFORMED,
        Outcome.EMPTY,
        Outcome.ANSWERLESS,
        Outcome.FILTERED,
    )
)
"""Outcomes in which there is an answer and it is unusable, or a provider's filter stopped it: an error path."""

AUDIT_KINDS = ("repeat", "answer_swapped", "negation_changed", "number_changed")
"""Why a path is judged a second time: as it is, or with an error planted into it (`rules/alterations.py`)."""

BUILD_OUTCOMES = ("complete", "failed", "interrupted")
"""How a build ended, the best first: all was made, something was not, it was stopped."""

PATH_STAGES = ("generated", "refined", "regenerated")
DROP_REASONS = (
    "too_few_correct_paths",
    "label_doubt",
    "key_not_supported",
    "rewrite_not_accepted",
    "call_missing",
)
LETTERS = "ABCDEFGHIJ"
