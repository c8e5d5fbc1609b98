"""`reasonmed show`: prompts and replies of a row's calls, out of the ledger."""

from __future__ import annotations

from pathlib import Path

from builds import Built, called


def test_a_path_is_shown_with_every_call_that_it_served(rehearsal: Built) -> None:
    query = "select path_id, path_text, reason, r.call_keys, v.call_keys from reasoning_paths r"
    ((path, text, reason, made, judged),) = rehearsal.query(
        f"{query} join verifications v using (path_id) where verdict = 'correct' and len(v.call_keys) = 1"
        " and len(r.call_keys) = 1 order by path_id limit 1"
    )
    shown = called("show", str(path), "--warehouse", str(rehearsal.folder))
    assert shown.returncode == 0, shown.stderr
    heads = [line.split(",")[0] for line in shown.stdout.splitlines() if line.startswith("== ")]
    assert heads[:2] == [f"== reasoning_paths {path}: generator", f"== verifications {path}: verifier"]
    assert str(text)[-80:] in shown.stdout
    assert str(reason) in shown.stdout.replace("\\", "")
    assert shown.stdout.count("\n-- user\n") == len(heads)
    (key,) = judged
    alone = called("show", key, "--warehouse", str(rehearsal.folder)).stdout
    assert alone.startswith(f"== verifications {path}: verifier, simulated/qwen2.5-72b-instruct, completed, call {key}")
    assert made[0] not in alone


def test_what_nobody_knows_and_a_ledger_that_is_not_there_are_errors(rehearsal: Built, tmp_path: Path) -> None:
    unknown = called("show", "0123", "--warehouse", str(rehearsal.folder))
    assert (unknown.returncode, "no call has the id '0123'" in unknown.stderr) == (1, True)
    nowhere = called("show", "0123", "--warehouse", str(rehearsal.folder), "--ledger", str(tmp_path / "l"))
    assert (nowhere.returncode, "give its file with --ledger" in nowhere.stderr) == (1, True)
    assert not (tmp_path / "l").exists()
