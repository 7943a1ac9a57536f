"""Patients' identifiers become keys at the door: a keyed hash that cannot be turned back without the home's key."""

import hmac
from collections.abc import Iterable

import polars as pl

KEY_LENGTH = 32  # hexadecimal digits kept: 128 bits, so that two patients never share a key by chance
MOST_KNOWN = 2_000_000  # identifiers remembered within one ingest; about 0.4 GB


class Pseudonyms:
    """HMAC-SHA256 of identifiers under one key. Remembers what it hashed, in memory only, because patients come again."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known = pl.DataFrame(schema={"id": pl.String, "key": pl.String})

    def keys(self, identifiers: pl.Series) -> pl.Series:
        """patient_key for each identifier, null for null."""
        wanted = identifiers.alias("id").to_frame()
        fresh = wanted.unique().drop_nulls().join(self._known, on="id", how="anti")["id"]
        if len(fresh):
            if self._known.height > MOST_KNOWN:
                self._known = self._known.clear()
                return self.keys(identifiers)
            hashed = pl.Series("key", self._hashed(fresh), pl.String)
            self._known = pl.concat([self._known, pl.DataFrame([fresh, hashed])])
        return wanted.join(self._known, on="id", how="left", maintain_order="left")["key"].alias("patient_key")

    def _hashed(self, identifiers: Iterable[str]) -> list[str]:
        return [hmac.digest(self._key, text.encode(), "sha256").hex()[:KEY_LENGTH] for text in identifiers]
