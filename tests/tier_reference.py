"""Difficulty tiers by the number of error paths: the reference that the macro `tier_of` must agree with."""

from __future__ import annotations

EASY, MEDIUM, DIFFICULT, UNRESOLVED = "easy", "medium", "difficult", "unresolved"


def tier_bounds(n: int) -> tuple[int, int]:
    """The most errors among `n` paths with which a question is easy, and medium: floor(4n/9), floor(7n/9).

    The published bounds, 4 and 7 of 9, scaled to other numbers of paths.

    Raises:
        ValueError: n is below 1.
    """
    if n < 1:
        raise ValueError(f"a tier needs at least one path, not {n}")
    return 4 * n // 9, 7 * n // 9


def tier_of(n_error: int, n_correct: int, n: int, medium_min_correct: int) -> str:
    """The tier of a question all of whose `n` paths are judged.

    Medium needs `medium_min_correct` correct paths as well: it yields two examples, and plain scaling leaves Medium
    questions with one correct path at small n.

    Raises:
        ValueError: the counts are negative or do not add up to n.
    """
    if n_error < 0 or n_correct < 0 or n_error + n_correct != n:
        raise ValueError(f"{n_error} errors and {n_correct} correct paths are not {n} paths")
    easy_max, medium_max = tier_bounds(n)
    if n_error <= easy_max:
        return EASY
    if n_error <= medium_max and n_correct >= medium_min_correct:
        return MEDIUM
    return DIFFICULT


def tier_with_missing(n_correct: int, n_error: int, n_missing: int, medium_min_correct: int) -> tuple[str, str, str]:
    """The tier of a question some of whose verdicts are missing: (tier, best, worst).

    `best` is the tier if every missing verdict were correct, `worst` if every one were an error. The tier is given when
    they agree, since every other way of filling them in lies between; else it is `unresolved`.

    Raises:
        ValueError: a count is negative, or there is no path.
    """
    if n_missing < 0:
        raise ValueError(f"{n_missing} missing paths")
    n = n_correct + n_error + n_missing
    best = tier_of(n_error, n_correct + n_missing, n, medium_min_correct)
    worst = tier_of(n_error + n_missing, n_correct, n, medium_min_correct)
    return (best if best == worst else UNRESOLVED), best, worst
