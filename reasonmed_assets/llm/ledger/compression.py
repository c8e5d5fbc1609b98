"""Bodies and replies as they lie in the ledger: zstd frames, with a dictionary per model role.

The requests of a role are much alike, and so are its replies, but each alone is too short for a compressor to learn
that from. A dictionary that is trained once per ledger and role, on the first of them, knows it beforehand. A frame
names the dictionary that it needs, or none.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

import zstandard

_LEVEL = 3
_DICTIONARY_BYTES = 64 * 1024
_SAMPLES = 600
_SAMPLE_BYTES = 8 * 1024
_LARGEST_BYTES = 256 * 1024 * 1024


class UnknownDictionaryError(LookupError):
    """A frame needs a dictionary that was not added."""


class Frames:
    """Compresses in one thread, decompresses in any."""

    def __init__(self) -> None:
        self._plain = zstandard.ZstdCompressor(level=_LEVEL)
        self._compressors: dict[str, zstandard.ZstdCompressor] = {}
        self._dictionaries: dict[int, zstandard.ZstdCompressionDict] = {}
        self._samples: dict[str, list[bytes]] = {}
        self._sampled: set[str] = set()
        self._local = threading.local()

    def add(self, role: str, dictionary: bytes) -> None:
        """Know a dictionary from now on; what is compressed for the role uses it."""
        data = zstandard.ZstdCompressionDict(dictionary)
        data.precompute_compress(level=_LEVEL)
        self._dictionaries[data.dict_id()] = data
        self._compressors[role] = zstandard.ZstdCompressor(level=_LEVEL, dict_data=data)

    def sample(self, role: str, texts: Iterable[bytes]) -> list[bytes] | None:
        """Gather texts to train on; once there are enough for a role that has no dictionary, all of them."""
        if role in self._compressors or role in self._sampled:
            return None
        samples = self._samples.setdefault(role, [])
        samples.extend(text[:_SAMPLE_BYTES] for text in texts)
        if len(samples) < _SAMPLES:
            return None
        self._sampled.add(role)
        return self._samples.pop(role, None)

    def compress(self, role: str, texts: Sequence[bytes]) -> list[bytes]:
        """The frames of texts, none of them empty, in their order; other threads run meanwhile."""
        if not texts:
            return []
        # One call for all: each takes the interpreter back from the busy event loop, which may be a long wait.
        frames = self._compressors.get(role, self._plain).multi_compress_to_buffer(list(texts))
        return [frames[at].tobytes() for at in range(len(frames))]

    def decompress(self, frame: bytes) -> bytes:
        """The text of a frame.

        Raises:
            UnknownDictionaryError: see there.
            zstandard.ZstdError: this is no frame.
        """
        header = zstandard.get_frame_parameters(frame)
        number = header.dict_id
        if _LARGEST_BYTES < header.content_size < zstandard.CONTENTSIZE_UNKNOWN:
            # The library would reserve what a damaged header states.
            raise zstandard.ZstdError(f"the frame states {header.content_size:,} bytes, more than any text here")
        if number and number not in self._dictionaries:
            raise UnknownDictionaryError(f"dictionary {number} is missing")
        if not hasattr(self._local, "decompressors"):
            self._local.decompressors = {}
        decompressors: dict[int, zstandard.ZstdDecompressor] = self._local.decompressors
        if number not in decompressors:
            decompressors[number] = zstandard.ZstdDecompressor(dict_data=self._dictionaries.get(number))
        return decompressors[number].decompress(frame, max_output_size=_LARGEST_BYTES)


def trained(samples: list[bytes]) -> bytes | None:
    """A dictionary for texts like these; None where they have nothing in common that would be worth one."""
    try:
        return zstandard.train_dictionary(_DICTIONARY_BYTES, [*samples], level=_LEVEL).as_bytes()
    except zstandard.ZstdError:
        return None
