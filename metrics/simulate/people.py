"""The patients: numbered by the clinic they belong to, with strata, and no names."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.random import Generator
from numpy.typing import NDArray

from metrics.simulate import rates
from metrics.simulate.places import CLINICS, Site
from metrics.simulate.queues import Floats, Ints
from metrics.simulate.writing import utc

FEWEST = 30  # patients a clinic, at the smallest scale


@dataclass(frozen=True)
class People:
    """Strata of patients 0..n-1, clinic after clinic; `ranges` gives each clinic's first number and how many."""

    ranges: dict[str, tuple[int, int]]
    band: NDArray[np.int8]  # number of the age band
    age: NDArray[np.int8]  # years
    fifth: NDArray[np.int8]  # 1 most deprived .. 5
    mobile: NDArray[np.bool_]

    @classmethod
    def of(cls, scale: float, dice: Generator) -> "People":
        ranges, first, fifths = {}, 0, []
        for clinic in CLINICS:
            size = max(FEWEST, round(rates.PATIENTS_PER_CLINIC * clinic.weight * scale))
            ranges[clinic.site_id] = (first, size)
            first += size
            lean = np.exp(-rates.DEPRIVATION_TILT[clinic.site_id] * np.arange(5))
            fifths.append(1 + dice.choice(5, size, p=lean / lean.sum()))
        band = dice.choice(len(rates.AGE_BANDS), first, p=rates.AGE_SHARES).astype(np.int8)
        low, high = np.array(rates.AGE_BANDS).T
        age = (low[band] + dice.random(first) * (high - low + 1)[band]).astype(np.int8)
        return cls(ranges, band, age, np.concatenate(fifths).astype(np.int8), dice.random(first) < rates.MOBILE)

    def range_of(self, place: Site) -> tuple[int, int]:
        """First number and how many of the patients a site sees (a catchment is a run of neighbouring clinics)."""
        spans = [self.ranges[clinic] for clinic in place.catchment]
        first = min(start for start, _ in spans)
        return first, max(start + size for start, size in spans) - first

    def drawn(self, place: Site, count: int, dice: Generator) -> Ints:
        """Patients of a site, some far more often than others."""
        first, size = self.range_of(place)
        return first + _shuffled((size * dice.random(count) ** rates.FREQUENT).astype(np.int64), size)

    def no_show_factor(self, patient: Ints) -> Floats:
        by_fifth, by_age = np.array(rates.NO_SHOW_BY_DEPRIVATION), np.array(rates.NO_SHOW_BY_AGE)
        factor: Floats = by_fifth[self.fifth[patient] - 1] * by_age[self.band[patient]]
        return factor

    def register(self, clinic: Site, start: float, dice: Generator) -> pl.DataFrame:
        """The raw register of a clinic's patients: hospital number, age, language, need of an interpreter, fifth, payer."""
        first, size = self.ranges[clinic.site_id]
        numbers = np.arange(first, first + size)
        language = dice.choice(rates.LANGUAGES, size, p=rates.LANGUAGE_SHARES)
        interpreter = (language != "en") & (dice.random(size) < rates.INTERPRETER)
        payer = dice.choice(rates.PAYERS[clinic.country], size, p=rates.PAYER_SHARES[clinic.country])
        return pl.DataFrame({
            "HOSP_NO": hospital_numbers(numbers), "AGE_YEARS": self.age[numbers], "LANG": language,
            "INTERP_YN": yes_no(interpreter), "IMD_QUINTILE": self.fifth[numbers], "PAYER_CD": payer,
            "DECEASED_YN": yes_no(dice.random(size) < rates.DECEASED), "UPDATED_UTC": utc(np.full(size, start)),
        })  # fmt: skip


def _shuffled(index: Ints, size: int) -> Ints:
    """The same frequent patients in every service, but spread over the register: a fixed permutation of 0..size-1."""
    step = 7919  # prime, so coprime to any size that is not its multiple
    return (index * step + 11) % size if size % step else index


def hospital_numbers(patient: Ints) -> pl.Series:
    """H and seven or more digits; they say nothing about the patient."""
    return pl.DataFrame({"n": patient + 1_000_003}).select(id=pl.format("H{}", "n"))["id"]


def yes_no(flag: NDArray[np.bool_]) -> pl.Series:
    return pl.Series(np.where(flag, "Y", "N"))
