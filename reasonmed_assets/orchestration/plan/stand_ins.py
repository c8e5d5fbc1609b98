"""Replies that stand in for missing ones: what models said of the same question before, or of others like it.

A text gets the answer that it is to conclude with behind it, and so differs from the one that it stands for: no call
that follows from it is found in the ledger by mistake. Where a role was never asked, the rehearsal answers.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, get_origin

import polars as pl

from reasonmed_assets.config.profile import Model, Profile
from reasonmed_assets.llm.calls import Reply, Result, Unusable
from reasonmed_assets.llm.ledger.store import CallStore
from reasonmed_assets.llm.prompts.rendering import render
from reasonmed_assets.llm.replies.parsing import TextReply, parse_reply
from reasonmed_assets.orchestration.plan.history import History
from reasonmed_assets.roles import role_named
from reasonmed_assets.roles.declaration import KEY
from reasonmed_assets.roles.replies import JsonReply
from reasonmed_assets.rules.extraction import extract_answer
from reasonmed_assets.rules.ids import make_id
from reasonmed_assets.servers.rehearsal.answer_keys import AnswerKeys
from reasonmed_assets.servers.rehearsal.asked import read_prompt
from reasonmed_assets.servers.rehearsal.replies import Rehearsal
from reasonmed_assets.storage import Warehouse
from reasonmed_assets.vocabulary import LETTERS, Outcome

_POOL = 250
"""Replies of a role and source of which one is drawn."""
_FOLLOWED = 600
"""Questions whose missing replies are stood in for; there may be up to twice as many."""
_MARK = "(expected)"
_IS_COMPLETED = pl.col("outcome") == str(Outcome.COMPLETED)
_REHEARSED_AGAIN = 5
_ANSWERED = """
select source, list(question_id order by question_id)
from (select distinct source, question_id from reasoning_paths)
group by source
"""


@dataclass(frozen=True)
class Donor:
    """A reply that was given.

    Attributes:
        value: what its parser made of it.
        source: for which it was made.
        model: its name as declared.
        sees_right: the path in its prompt concludes with the key; None where its prompt shows none.
        is_right: the text that it is concludes with the key; None where that is not known.
    """

    value: TextReply | JsonReply
    source: str
    model: str
    sees_right: bool | None
    is_right: bool | None


class Replies:
    """The replies of earlier builds, by role; read once for all draws of a plan."""

    def __init__(self, profile: Profile, ledger: CallStore, history: History) -> None:
        self._profile = profile
        self._ledger = ledger
        self._history = history
        self._pools: dict[str, list[Donor]] = {}
        self._of_questions: dict[tuple[str, str], list[Donor]] = {}
        self._served: dict[str, pl.DataFrame] = {}

    def pool(self, role: str) -> list[Donor]:
        """Some replies of a role, of each source."""
        if role not in self._pools:
            frame = self._history.replies.filter((pl.col("role") == role) & _IS_COMPLETED)
            # By key, which is a hash: a sample that is the same in every plan.
            keys = frame.sort("call_key").group_by("made_for_source", maintain_order=True).head(_POOL)
            self._pools[role] = list(self._donors(role, keys, {}).values())
        return self._pools[role]

    def of_questions(self, role: str, questions: Sequence[str], gold: Mapping[str, str]) -> None:
        """Read what models said in a role of some questions."""
        wanted = [one for one in questions if (role, one) not in self._of_questions]
        if not wanted:
            return
        self._read([one for one in wanted if one not in self._served])
        rows = pl.concat([self._served[one] for one in wanted]).filter(pl.col("role") == role)
        rows = rows.sort("question_id", "call_key")
        letters = {key: gold.get(question, "") for question, key in rows.select("question_id", "call_key").iter_rows()}
        donors = self._donors(role, rows, letters)
        self._of_questions.update(((role, one), []) for one in wanted)
        for question, key in rows.select("question_id", "call_key").iter_rows():
            if key in donors:
                self._of_questions[role, question].append(donors[key])

    def _read(self, questions: Sequence[str]) -> None:
        """Read the replies to questions in all roles at once: that looks through all calls of the warehouse."""
        if not questions:
            return
        rows = self._history.replies_to(questions).filter(_IS_COMPLETED)
        self._served.update(dict.fromkeys(questions, rows.clear()))
        self._served.update((str(of), some) for (of,), some in rows.group_by("question_id"))

    def of_question(self, role: str, question: str) -> list[Donor]:
        """What was read of one."""
        return self._of_questions.get((role, question), [])

    def _donors(self, role: str, replies: pl.DataFrame, gold: Mapping[str, str]) -> dict[str, Donor]:
        known = {
            key: rest for key, *rest in replies.select("call_key", "provider", "model", "made_for_source").iter_rows()
        }
        found = {}
        for key, stored in self._ledger.lookup(known).items():
            body = self._ledger.body_of(key)
            if stored.reply is None or body is None:
                continue
            provider, model, source = known[key]
            asked = read_prompt(body["messages"])
            letter = gold.get(key) or asked.key_letter
            try:
                value = parse_reply(role, stored.reply, {"options": list(asked.options)}, self._model(provider, model))
            except (Unusable, ValueError):
                continue
            found[key] = Donor(
                value,
                source or "",
                model,
                _concludes(asked.path, asked.options, letter),
                value.answer_letter == letter if isinstance(value, TextReply) and value.answer_letter else None,
            )
        return found

    def _model(self, provider: str, name: str) -> Model:
        models = list(self._profile.models.values())
        declared = [one for one in models if (one.provider, one.name) == (provider, name)]
        # Of a model that the profile no longer has, replies that mark where they think are split there.
        return declared[0] if declared else models[0].model_copy(update={"reasoning": "think"})


class StandIns:
    """The replies of one draw.

    Args:
        profile: the models.
        replies: of earlier builds.
        warehouse: the scratch warehouse.
        seed: of the draw.

    Attributes:
        rehearsed: completion tokens of the replies that the rehearsal gave, by role.
    """

    def __init__(self, profile: Profile, replies: Replies, warehouse: Warehouse, seed: int) -> None:
        self._profile = profile
        self._replies = replies
        self._warehouse = warehouse
        self._draw = random.Random(seed)  # noqa: S311 (the draws are no secret)
        self._seed = seed
        self._taken: dict[tuple[str, str, str], int] = {}
        self._like: dict[str, str] = {}
        self._held: dict[str, list[Result]] = {}
        self._shares: dict[str, float] = {}
        self._places = _Places(seed)
        self.rehearsed: dict[str, list[int]] = {}

    def follows(self, question: str, source: str) -> bool:
        """Whether the missing replies of a question of a source are stood in for."""
        return self._places[question] // 2 < self._shares.get(source, 1.0) * 2**32

    def half(self, question: str) -> int:
        """In which of two halves a question is, 0 or 1."""
        return self._places[question] % 2

    def hold(self, result: Result) -> list[Result]:
        """Take a row to stand in for its reply, as far as its question is among those that are followed.

        Of many questions some are, the same ones in all steps: when there are twice as many as needed, every second one
        is dropped.
        """
        question, source = str(result.fields["question_id"]), str(result.fields.get("source") or "")
        if not self.follows(question, source):
            return [result]
        self._held.setdefault(question, []).append(result)
        if len(self._held) <= 2 * _FOLLOWED:
            return []
        self._shares[source] = self._shares.get(source, 1.0) / 2
        dropped = [one for one in self._held if not self.follows(one, source)]
        return [result for one in dropped for result in self._held.pop(one)]

    def results(self, role: str) -> Iterator[Result]:
        """A result with a reply like those that were given for each row that was taken, as far as there is one."""
        held, self._held = [result for results in self._held.values() for result in results], {}
        self._read(role, held)
        for result in held:
            yield self._result(role, result) or result

    def _read(self, role: str, results: Iterable[Result]) -> None:
        """Read what earlier builds said of the rows' questions, or of others in their place."""
        by_source = {str(one.fields["question_id"]): str(one.fields.get("source") or "") for one in results}
        self._replies.of_questions(role, list(by_source), self._gold)
        if set(KEY) <= set(role_named(role).fields):
            return
        # Without the key in view the answers to a question hang together: they are taken from one other question.
        for question, source in by_source.items():
            if not self._replies.of_question(role, question) and self._answered.get(source):
                self._like.setdefault(question, self._draw.choice(self._answered[source]))
        self._replies.of_questions(role, sorted(set(self._like.values())), self._gold)

    def _result(self, role: str, result: Result) -> Result | None:
        """A result with a reply like those that were given; None where not even the rehearsal gives a usable one."""
        fields = result.fields
        model = self._profile.roles[role].sampling(fields).model
        question = str(fields["question_id"])
        if role_named(role).form is None:
            donor = self._judgement(role, fields)
            value = donor and _marked(donor.value)
        else:
            value = self._text(role, question, model, fields)
        if value is None:
            value = self._rehearsed(role, fields, model)
        if value is None:
            return None
        reply = Reply(content=_MARK, finish_reason="stop")
        return result._replace(
            outcome=Outcome.COMPLETED, detail=None, value=value, reply=reply, attempts=1, is_cached=False
        )

    def _judgement(self, role: str, fields: Mapping[str, Any]) -> Donor | None:
        """A judgement that was given on a path that is right, or wrong, as this one is."""
        options = fields.get("options") or ()
        sees = _concludes(str(fields.get("path_text") or ""), options, fields.get("gold_letter"))
        pool = self._replies.pool(role)
        alike = [one for one in pool if one.sees_right == sees] or pool
        of_source = [one for one in alike if one.source == fields.get("source")] or alike
        return self._draw.choice(of_source) if of_source else None

    def _text(self, role: str, question: str, model: str, fields: Mapping[str, Any]) -> Any:
        """A text that was written of this question, or of another one of its source, with the letter of one."""
        own = self._replies.of_question(role, question)
        like = own or self._replies.of_question(role, self._like.get(question, ""))
        name = self._profile.models[model].name
        donors = [one for one in like if one.model == name] or like
        if not donors:
            pool = self._replies.pool(role)
            of_source = [one for one in pool if one.source == fields.get("source")] or pool
            donors = [one for one in of_source if one.model == name] or of_source
        if not donors:
            return None
        at = self._taken.get((role, question, name), self._draw.randrange(len(donors)))
        self._taken[role, question, name] = at + 1
        written, drawn = donors[at % len(donors)].value, self._draw.choice(donors)
        options = list(fields.get("options") or ())
        if not isinstance(written, TextReply) or written.path_text is None or not options:
            return _marked(written)
        letter = self._letter(question, drawn, options, is_own=bool(own))
        if letter is None:
            return replace(written, path_text=f"{written.path_text}\n\n{_MARK}")
        text = f"{written.path_text}\n\nFinal answer: {letter}. {options[LETTERS.index(letter)]}"
        return replace(written, answer_text=text, path_text=text, answer_letter=letter)

    def _letter(self, question: str, donor: Donor, options: Sequence[str], *, is_own: bool) -> str | None:
        """What a text concludes with: as the donor did of this question; of another one, whether that was right."""
        said = donor.value.answer_letter if isinstance(donor.value, TextReply) else None
        if said is None:
            return None
        if is_own and LETTERS.index(said) < len(options):
            return said
        gold = self._gold.get(question)
        if gold is None or donor.is_right is not False:
            return gold or said
        wrong = [letter for letter in LETTERS[: len(options)] if letter != gold]
        # Wrong answers agree more often than not.
        lure = random.Random(f"{self._seed} {question}").choice(wrong)  # noqa: S311
        return lure if self._draw.random() < 0.6 else self._draw.choice(wrong)

    def _rehearsed(self, role: str, fields: Mapping[str, Any], model: str) -> TextReply | JsonReply | None:
        """What the rehearsal says, which has the shapes of real replies."""
        body = {"model": self._profile.models[model].name, "messages": render(role, fields)}
        for again in range(_REHEARSED_AGAIN):
            said = self._rehearsal.reply(body | {"seed": again})
            reply = Reply(said.content, said.reasoning, said.refusal, said.finish_reason)
            try:
                value = parse_reply(role, reply, fields, self._profile.models[model])
            except Unusable:
                continue
            self.rehearsed.setdefault(role, []).append(said.completion_tokens)
            return value
        return None

    @cached_property
    def _answered(self) -> dict[str, list[str]]:
        """The questions that models answered, by source."""
        with self._warehouse.read() as con:
            rows = con.execute(_ANSWERED).fetchall()
        return dict(rows)

    @cached_property
    def _gold(self) -> dict[str, str]:
        with self._warehouse.read() as con:
            return dict(con.execute("select question_id, gold_letter from questions").fetchall())

    @cached_property
    def _rehearsal(self) -> Rehearsal:
        with self._warehouse.read() as con:
            keys = con.execute("select question, options, gold_text from questions").fetchall()
        return Rehearsal(AnswerKeys(keys), self._seed)


class _Places(dict[str, int]):
    """Where each question lies among 33 bits, as if drawn; each is looked at in every step."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def __missing__(self, question: str) -> int:
        found = self[question] = int(make_id(self._seed, question)[:9], 16) >> 3
        return found


def _concludes(path: str, options: Sequence[str], letter: str | None) -> bool | None:
    """Whether a path concludes with a letter; None without a path or a letter."""
    if not path or not letter or len(options) < 2:
        return None
    return extract_answer(path, options).letter == letter


def _marked(value: Any) -> Any:
    """A judgement whose sentences differ from those that were given."""
    if not isinstance(value, JsonReply):
        return value
    sentences = {
        name: f"{getattr(value, name)} {_MARK}"
        for name, field in type(value).model_fields.items()
        if isinstance(getattr(value, name), str) and get_origin(field.annotation) is not Literal
    }
    return value.model_copy(update=sentences)
