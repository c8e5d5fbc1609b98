"""The report on a set: figures by hand, and one refusal per problem with where it is and what to do."""

from __future__ import annotations

from reasonmed_assets.release.trainers.judging import Record, Rendering, Stops
from reasonmed_assets.release.trainers.report import SetReport, refusal

END = 2
STOPS = Stops(frozenset({END}), None)


def report(lengths: list[int], cutoff: int = 100, name: str = "sft_cot", *, end: int = END) -> SetReport:
    """Records of these lengths in tokens, a quarter of them learnt."""
    made = SetReport(name, cutoff)
    for i, length in enumerate(lengths):
        ids = [1] * (length - 1) + [end]
        n_learnt = length // 4
        loss = [0] * (length - n_learnt) + [1] * n_learnt
        kept = Rendering(length, ids[:cutoff], loss[:cutoff], "Q", "A" if length <= cutoff else "")
        made.add(Record(f"e{i}", "Q", "A"), kept, STOPS)
    return made


def test_figures_are_of_the_tokens_before_the_cut_off_and_of_the_loss_after_it() -> None:
    of = report([*range(4, 84, 4), 160]).figures()
    assert of == {
        "records": 21,
        "median_tokens": 44,
        "p95_tokens": 80,
        "longest_tokens": 160,
        "over_cutoff": 1,
        # 840 tokens of which a quarter is learnt, and 100 of the longest, cut before its answer.
        "loss_share": round(210 / 940, 4),
    }


def test_a_set_without_records_has_figures() -> None:
    assert set(SetReport("sft_cot", 100).figures().values()) == {0}


def test_the_line_says_the_figures() -> None:
    assert report([8, 40, 4000], cutoff=4096).line() == (
        "sft_cot: 3 records; tokens: median 40, 95% 4,000, longest 4,000, 0 over the cut-off of 4,096; loss on 25.0%"
    )


def test_nothing_is_refused_where_all_is_well() -> None:
    assert refusal([report([8, 12]), report([8], name="sft_response")]) is None


def test_a_refusal_says_what_where_how_often_and_what_to_do() -> None:
    refused = refusal([report([8, 160, 5_210]), report([8, 8], name="sft_response", end=1)])
    assert refused is not None
    truncated, endless = refused.splitlines()
    assert truncated == (
        "a truncated final answer: 2 of 3 records of sft_cot (first: e1); the longest record has 5,210 tokens: give "
        "--cutoff as many, and the trainer the same"
    )
    assert endless.startswith("no end token that is learnt: 2 of 2 records of sft_response (first: e0); ")
    assert "eos_token" in endless


def test_what_the_trainer_leaves_out_counts_as_a_record() -> None:
    made = report([8])
    made.add(Record("e9", "Q", "A"), None, STOPS)
    assert made.figures()["records"] == 2
    refused = refusal([made])
    assert refused is not None and "1 of 2 records of sft_cot (first: e9)" in refused
