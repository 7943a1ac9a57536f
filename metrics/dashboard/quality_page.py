"""The data page's part on quality: what the checks found in words, what each check is for, and what is better looked at."""

import polars as pl
import streamlit as st

from metrics.check import Finding
from metrics.dashboard import figures, quality_charts, urls
from metrics.dashboard.theme import palette_for
from metrics.quality import CHECKS, Check, Material
from metrics.quality.pictures import around_limit, late_by_month, watched

STATES = {"fail": "▲ Fails", "warn": "◆ Warned of", "pass": "● Passes"}  # word and shape, never colour alone
EVERYWHERE = "All sites"


def shown(found: list[Finding], sites: dict[str, str]) -> pl.DataFrame:
    """A row a finding, for reading. sites: names by id."""
    rows = [
        (STATES[one.severity], one.code, one.title, one.table or "", one.source or "", sites.get(one.site or "", one.site or "all"),
         one.sentence if one.about is None else f"{one.about}: {one.sentence}", " ".join(one.examples)) for one in found
    ]  # fmt: skip
    heads = ["state", "check", "what", "table_name", "source", "site", "finding", "examples"]
    return pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")


def headline(found: list[Finding]) -> str:
    """'Of 17 checks 2 fail, 1 warns'; never more is said than was judged."""
    wrong = [{one.code for one in found if one.severity == word} for word in ("fail", "warn")]
    if not found:
        return "Nothing could be checked yet"
    if not any(wrong):
        return f"All {len(found):,} findings pass"
    failing, warned = (len(codes) for codes in wrong)
    fails, warns = "fail" if failing > 1 else "fails", "warn" if warned > 1 else "warns"
    return f"Of {len(CHECKS)} checks {failing or 'none'} {fails}, {warned or 'none'} {warns}"


def body(material: Material, found: list[Finding], sites: dict[str, str]) -> None:
    st.subheader(headline(found), anchor=False)
    told = [one for one in found if one.severity != "pass"]
    if told:
        st.caption("Worst first. Examples are the source's ids; nobody's name is kept.")
        figures.table(shown(told, sites), "quality", "What the data-quality checks found, worst first")
    one_check(found, sites)
    pictures(material, sites)


def one_check(found: list[Finding], sites: dict[str, str]) -> None:
    """A check that somebody picks: what it does, why, what to do, and everything it judged."""
    titles = {f"{check.code} {check.title}": check for check in CHECKS}
    worst = next((f"{one.code} {one.title}" for one in found if one.severity != "pass"), next(iter(titles)))
    options = [worst, *(title for title in titles if title != worst)]
    check = titles[urls.pick("Check", options, "check", width=420)]
    explained(check)
    judged = [one for one in found if one.code == check.code]
    if judged:
        with st.expander(f"Everything that {check.code} judged ({len(judged):,})"):
            figures.table(shown(judged, sites), f"quality_{check.code}", f"Everything that {check.title.lower()} judged")
    else:
        st.caption("There was nothing of this kind to judge.")


def explained(check: Check) -> None:
    st.markdown(f"**What it does.** {check.what}\n\n**Why it matters.** {check.why}\n\n**What to do.** {check.next_step}")


def pictures(material: Material, sites: dict[str, str]) -> None:
    palette = palette_for(st.context.theme.type)
    metrics = watched(material)
    if not metrics.is_empty():
        names = dict(zip(metrics["title"], metrics["metric"], strict=True))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            title = urls.pick("Limit of", list(names), "limit", width=280)
            place = urls.pick("At", [EVERYWHERE, *sites.values()], "at", width=220)
        site = next((key for key, name in sites.items() if name == place), None)
        figures.show(quality_charts.limit_figure(around_limit(material, names[title], site), title, place, palette))
    late = late_by_month(material)
    if not late.is_empty():
        figures.show(quality_charts.late_figure(late, palette))
