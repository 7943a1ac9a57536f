"""Patients' identifiers become keys at the door: a keyed hash that cannot be turned back without the home's key."""

from collections.abc import Iterable
from hashlib import sha256

import polars as pl

KEY_LENGTH = 32  # hexadecimal digits kept: 128 bits, so that two patients never share a key by chance
BLOCK = 64  # bytes of one SHA-256 block
MOST_KNOWN = 2_000_000  # identifiers remembered within one ingest; about 0.3 GB


class Pseudonyms:
    """HMAC-SHA256 of identifiers under one key. Remembers what it hashed, in memory only, because patients come again."""

    def __init__(self, key: bytes) -> None:
        padded = (sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
        self._inner = sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = sha256(bytes(byte ^ 0x5C for byte in padded))
        self._numbered, self._known = nobody()

    def keys(self, identifiers: pl.Series) -> pl.Series:
        """patient_key for each identifier, null for null."""
        if len(self._known) > MOST_KNOWN:
            self._numbered, self._known = nobody()
        codes = identifiers.cast(self._numbered.dtype).to_physical()
        new = pl.select(code=codes, text=identifiers).filter(pl.col("code") >= len(self._known)).unique("code").sort("code")
        known = range(len(self._known), len(self._known) + new.height)
        assert new["code"].to_list() == list(known), "identifiers are numbered as they come"
        keys = pl.Series("patient_key", self._hashed(new["text"]), pl.String)
        self._known = pl.concat([self._known, keys], rechunk=True)  # in one piece: looking up in many takes four times as long
        return self._known.gather(codes)

    def key_of(self, identifier: str) -> str:
        """patient_key of one identifier, the same that `keys` gives it; nothing is remembered."""
        return next(iter(self._hashed([identifier])))

    def _hashed(self, texts: Iterable[str]) -> Iterable[str]:
        """HMAC as RFC 2104 has it; the two padded keys are hashed once, which makes it twice as fast as hmac.digest."""
        for text in texts:
            inner, outer = self._inner.copy(), self._outer.copy()
            inner.update(text.encode())
            outer.update(inner.digest())
            yield outer.hexdigest()[:KEY_LENGTH]


def nobody() -> tuple[pl.Series, pl.Series]:
    """No identifiers, and no keys by the identifier's number.

    Polars numbers the distinct texts of one category type from 0 on, as long as a column of that type is kept.
    """
    return pl.Series(dtype=pl.Categorical(pl.Categories.random())), pl.Series("patient_key", dtype=pl.String)
