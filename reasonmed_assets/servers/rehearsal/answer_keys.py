"""The rehearsal's knowledge: which option of a question is keyed, looked up in the same source files as the build's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from reasonmed_assets.sources import SourceError, load_declaration, read_source


def plain(text: str) -> str:
    """A text without differences of case and white space, as stems and options are compared here."""
    return " ".join(text.split()).casefold()


class AnswerKeys:
    """Keyed option texts by question; a question is found whatever order its options are printed in.

    Memory is about 100 bytes a question: only hashes are kept.
    """

    def __init__(self, questions: Iterable[tuple[str, Sequence[str], str]] = ()) -> None:
        """Take (stem, option texts, keyed text) triples; of two keys for one question the first one counts."""
        self._keys: dict[bytes, bytes] = {}
        for stem, options, keyed in questions:
            self._keys.setdefault(identity(stem, options), _short_hash(plain(keyed)))

    def __len__(self) -> int:
        return len(self._keys)

    def keyed_option(self, stem: str, options: Sequence[str]) -> int | None:
        """Index of the keyed option (the first of equal ones), None for a question that is not known."""
        keyed = self._keys.get(identity(stem, options))
        if keyed is None:
            return None
        return next((i for i, option in enumerate(options) if _short_hash(plain(option)) == keyed), None)


def read_answer_keys(data_dir: Path, sources: Sequence[str], split_roles: Mapping[str, str]) -> AnswerKeys:
    """Read the keys of every question of the sources; one whose files cannot be used has none, as in a build.

    Args:
        data_dir: folder of the source files.
        sources: names or declaration files, as in a profile.
        split_roles: roles that differ from the declaration, by "source.split", as in a profile.

    Raises:
        SourceError: a declaration cannot be used, or the files of every source.
    """
    unusable = []

    def questions() -> Iterable[tuple[str, Sequence[str], str]]:
        for source in sources:
            declaration = load_declaration(source)
            own = {
                split: role
                for name, _, split, role in ((*key.partition("."), role) for key, role in split_roles.items())
                if name == declaration.name
            }
            try:
                read = read_source(declaration, data_dir, own).questions
            except SourceError as error:
                unusable.append(error)
                continue
            for question in read:
                yield question.question, question.options, question.gold_text

    keys = AnswerKeys(questions())
    if unusable and len(unusable) == len(sources):
        raise unusable[0]
    return keys


def identity(stem: str, options: Sequence[str]) -> bytes:
    """Hash of a stem and its options in any order."""
    return _short_hash("\x1f".join([plain(stem), *sorted(map(plain, options))]))


def _short_hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).digest()
