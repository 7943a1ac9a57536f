"""An alert in words: what, where, since when, how sure, whose it is, what to do, and where to look."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from metrics.alerts.episode import Episode
from metrics.alerts.kinds import BinomialRule, CusumRule, ThresholdRule
from metrics.alerts.machine import labels_of
from metrics.alerts.rule import Rule
from metrics.definitions import Metric

COUNTED = "Certain: it is counted, not estimated."
# Share of weeks in which a figure that sits exactly on its target does this by chance alone (reference simulation, n = 150 a week).
THREE_IN_A_ROW = {1: "48 %", 2: "23 %", 3: "11 %"}
STANDARD_CUSUM = (0.5, 5.0)  # the k and h that the 0.4 % was measured with
FIGURES = {
    "share": "share", "within": "share within {within}", "median": "median", "p90": "90th percentile", "p95": "95th percentile",
    "count": "count", "mean": "mean score", "mean_wait": "mean", "ratio": "rate",
    "km_median": "estimated median", "km_p90": "estimated 90th percentile",
    "km_within": "estimated share within {within}",
}  # fmt: skip


@dataclass(frozen=True)
class Names:
    """What people call things. sites: site_id -> name. link: the dashboard's address, '' for none."""

    metrics: Mapping[str, Metric] = field(default_factory=dict)
    sites: Mapping[str, str] = field(default_factory=dict)
    link: str = ""


def what(episode: Episode, names: Names) -> str:
    """'Door to provider, share within 60 minutes', 'The feed of visits from ed_hl7', 'The check accepted of visits from ed_hl7'."""
    labels = labels_of(episode)
    metric = names.metrics.get(labels.get("metric", ""))
    if metric is not None:
        within = metric.within_words if metric.within is not None else ""
        figure = FIGURES.get(labels.get("statistic", ""), "people waiting now").format(within=within)
        return f"{metric.title}, {figure}"
    if "table_name" in labels:
        return f"The feed of {labels['table_name']} from {labels['source']}"
    if "check" in labels:
        return f"The check {labels['check']} of {labels['subject']}"
    return f"The rule {labels['rule_id']}" if "rule_id" in labels else f"The metric {labels.get('metric', 'unknown')}"


def where(episode: Episode, names: Names) -> str:
    """'Eastfield Hospital (EAS), emergency'; 'all places' where it is about all together."""
    site, service = episode.site_id, episode.service_id
    name = names.sites.get(site or "")
    parts = [f"{name} ({site})" if name else site, service and service.replace("_", " ")]
    return ", ".join(part for part in parts if part) or "all places"


def since(episode: Episode) -> str:
    """'since the period to 4 October 2026' and, when it came back, how often."""
    began = f"since {episode.first_period:%-d %B %Y}"
    flaps = f"; it came back {times(episode.flap_count)}" if episode.flap_count else ""
    return f"{began}, newest figure of the period to {episode.last_period:%-d %B %Y}{flaps}"


def times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def how_sure(rule: Rule) -> str:
    """How often a rule of this kind is wrong, in a sentence; measured, and said of what."""
    if isinstance(rule, ThresholdRule):
        share = THREE_IN_A_ROW.get(rule.for_periods, "under 11 %")
        running = f"{rule.for_periods} weeks running" if rule.for_periods > 1 else "by chance"
        return f"Weak: a figure that sits exactly on the line is beyond it {running} in {share} of weeks."
    if isinstance(rule, BinomialRule):
        return f"Chance alone, on the target, is beyond this bound in at most {1 - rule.confidence:.0%} of periods."
    if isinstance(rule, CusumRule):
        if (rule.k, rule.h) == STANDARD_CUSUM:
            return "Strong: a figure on its target does this by chance in about 0.4 % of weeks."
        return f"Misses of the target beyond {rule.k:g} standard deviations a period added up to more than {rule.h:g}."
    return {
        "spc": "Likely: without any change the newest point is flagged in 2 to 4 % of weeks, more where weeks resemble each other.",
        "assurance": "Unless something changes: the whole range in which the figure moves is on the bad side of the target.",
    }.get(rule.kind, COUNTED)


def message(episode: Episode, rule: Rule | None, names: Names) -> str:
    """The whole message about one alert, a line a thing."""
    title = rule.name if rule else episode.rule_id
    lines = [
        f"{episode.severity.upper()}: {what(episode, names)}, at {where(episode, names)}: {title}.",
        f"{sentence(episode.detail)} {sentence(since(episode))}".strip(),
        f"How sure: {how_sure(rule)}" if rule else "",
        f"Owner: {episode.owner}."
        + (f" Taken on by {episode.acked_by}." if episode.ack_state == "acked" else " Nobody has it yet."),
        f"What to do: {rule.runbook}" if rule and rule.runbook else "",
        link_to(episode, names.link),
    ]
    return "\n".join(line for line in lines if line)


def sentence(words: str) -> str:
    """The words with a capital and a full stop."""
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith(('.', '!', '?')) else '.'}" if words else ""


def link_to(episode: Episode, address: str) -> str:
    """Where the alert is shown; '' without an address."""
    return f"{address.rstrip('/')}/alerts?alert={episode.alert_id}" if address else ""
