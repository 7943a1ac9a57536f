"""The state machine of an alert: one table, one step. Tests walk it through every sequence of eight samples."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from json import loads
from typing import Literal

from metrics.alerts.episode import SEVERITIES, Episode, Event, EventType, Outcome, Sample, State, event_of
from metrics.alerts.rule import Rule

Verdict = Literal["breach", "ok", "hold"]
# Where nothing can be judged, nothing moves: silence neither fires an alert nor ends one. The no_data and stale rules tell of it.
VERDICTS: Mapping[Outcome, Verdict] = {
    "breach": "breach", "ok": "ok", "inside_margin": "hold", "too_few": "hold", "no_data": "hold", "error": "hold",
}  # fmt: skip
ID_LENGTH = 16  # hexadecimal digits of an alert's id


@dataclass(frozen=True)
class Step:
    """Where a verdict leads and the event it writes, at once and when it is the last of as many as the rule asks for."""

    to: State
    event: EventType | None
    enough_to: State
    enough_event: EventType | None


# The whole machine. "quiet": no alert, or one that ended. A hold is in no row: it leaves every state as it is.
TABLE: Mapping[tuple[State | Literal["quiet"], Verdict], Step] = {
    ("quiet", "breach"): Step("pending", "opened", "firing", "fired"),  # both events when one breach is enough
    ("pending", "breach"): Step("pending", None, "firing", "fired"),
    ("pending", "ok"): Step("expired", "expired", "expired", "expired"),  # nobody was told, so no recovery is told
    ("firing", "breach"): Step("firing", None, "firing", None),
    ("firing", "ok"): Step("recovering", "recovering", "resolved", "resolved"),
    ("recovering", "breach"): Step("firing", "refired", "firing", "refired"),
    ("recovering", "ok"): Step("recovering", None, "resolved", "resolved"),
}


def transition(episode: Episode | None, sample: Sample, rule: Rule, owner: str) -> tuple[Episode | None, tuple[Event, ...]]:
    """The episode after the sample, and what happened. Pure: the same sample given again changes nothing.

    episode: the newest of the sample's fingerprint, over or not; None: there never was one. Only a sample of a later moment
    moves it, or the first of an edited rule; an earlier one that now says otherwise is told as data_revised and moves nothing.
    An edit is told as rule_changed; the alert goes on, and streaks start again, as the samples before answered another question.
    owner: of an alert that opens now. Ended episodes are given back as they are until a breach opens the next.
    """
    if episode is None or not episode.active:
        return opened(episode, sample, rule, owner)
    now, events = up_to_date(episode, sample)
    verdict = VERDICTS[sample.outcome]
    if verdict == "hold":
        return now, events
    if sample.moment <= episode.moment and sample.rule_version == episode.rule_version:
        return revised(now, sample, events)
    return judged(now, sample, rule, verdict, events)


def opened(before: Episode | None, sample: Sample, rule: Rule, owner: str) -> tuple[Episode | None, tuple[Event, ...]]:
    """A new episode for a breach that is news; else what was there."""
    known = before is not None and sample.moment <= before.moment and sample.rule_version == before.rule_version
    if VERDICTS[sample.outcome] != "breach" or known:
        return before, ()
    fresh = Episode(
        alert_id(sample), sample.fingerprint, rule.id, sample.rule_version, sample.kind, sample.severity, sample.labels,
        sample.site_id, sample.service_id, owner, "pending", opened_at=sample.evaluated_at, moment=sample.moment,
        first_period=sample.period_start, last_period=sample.period_end, last_outcome="breach",
    )  # fmt: skip
    seen = replace(seen_in(fresh, sample), breaches=1)
    begun = Event(fresh.alert_id, sample.evaluated_at, "opened", None, "pending", f"{fresh.alert_id}:opened", payload=found(sample))
    if rule.for_periods > 1:
        return seen, (begun,)
    firing = replace(seen, state="firing", fired_at=sample.evaluated_at)
    return firing, (begun, event_of(seen, firing, "fired", sample.evaluated_at, about(sample), **found(sample)))


def up_to_date(episode: Episode, sample: Sample) -> tuple[Episode, tuple[Event, ...]]:
    """The episode told of what changed around it: the rule, its severity, the end of a snooze."""
    now, events, at = episode, [], sample.evaluated_at
    if sample.rule_version != now.rule_version:
        now = replace(now, rule_version=sample.rule_version, kind=sample.kind, breaches=0, oks=0)
        change = {"from": episode.rule_version, "to": sample.rule_version}
        events.append(event_of(episode, now, "rule_changed", at, f"{about(sample)}:{sample.rule_version}", **change))
    if sample.severity != now.severity:
        graver = SEVERITIES.index(sample.severity) > SEVERITIES.index(now.severity)
        change = {"from": now.severity, "to": sample.severity}
        now = replace(now, severity=sample.severity)
        if graver:  # what somebody took on, or put off, was a lesser thing
            now = replace(now, ack_state="unacked", snoozed_until=None)
        kind: EventType = "escalated" if graver else "rule_changed"
        events.append(event_of(episode, now, kind, at, f"{about(sample)}:{sample.severity}", **change))
    if now.snoozed_until is not None and now.snoozed_until <= at:
        woken = replace(now, ack_state="unacked", snoozed_until=None)
        events.append(event_of(now, woken, "unsnoozed", at, f"{now.snoozed_until:%Y%m%dT%H%M%S}"))
        now = woken
    return now, tuple(events)


def revised(episode: Episode, sample: Sample, events: tuple[Event, ...]) -> tuple[Episode, tuple[Event, ...]]:
    """Figures judged before that now say otherwise: told, and the judgement stands as it was known then."""
    if sample.moment < episode.moment or sample.outcome == episode.last_outcome:
        return episode, events
    now = replace(episode, last_outcome=sample.outcome)
    told = event_of(
        episode, now, "data_revised", sample.evaluated_at, f"{sample.as_of:%Y%m%dT%H%M%S}:{sample.outcome}", **found(sample)
    )
    return now, (*events, told)


def judged(
    episode: Episode, sample: Sample, rule: Rule, verdict: Verdict, events: tuple[Event, ...]
) -> tuple[Episode, tuple[Event, ...]]:
    """One step of the table."""
    step = TABLE[episode.state, verdict]
    breaches, oks = (episode.breaches + 1, 0) if verdict == "breach" else (0, episode.oks + 1)
    enough = breaches >= rule.for_periods if verdict == "breach" else oks >= rule.clear_periods
    state, event = (step.enough_to, step.enough_event) if enough else (step.to, step.event)
    at = sample.evaluated_at
    after = replace(
        seen_in(episode, sample),
        breaches=breaches,
        oks=oks,
        state=state,
        fired_at=at if event == "fired" else episode.fired_at,
        ended_at=at if state in ("resolved", "expired") else None,
        flap_count=episode.flap_count + (event == "refired"),
    )
    if event is None:
        return after, events
    return after, (*events, event_of(episode, after, event, at, about(sample), **found(sample)))


def seen_in(episode: Episode, sample: Sample) -> Episode:
    """The episode with what the judged sample measured."""
    excess = sample.excess
    peak = excess is not None and (episode.peak_excess is None or excess > episode.peak_excess)
    first = episode.peak_value is None and episode.peak_excess is None
    return replace(
        episode,
        moment=sample.moment,
        last_period=sample.period_end,
        last_outcome=sample.outcome,
        last_value=sample.value,
        detail=sample.detail,
        peak_value=sample.value if peak or first else episode.peak_value,
        peak_excess=excess if peak else episode.peak_excess,
    )


def about(sample: Sample) -> str:
    """What tells one sample of an episode from the next."""
    return f"{sample.moment:%Y%m%dT%H%M%S%f}:{sample.rule_version}"


def found(sample: Sample) -> dict[str, object]:
    """What the event remembers of the sample."""
    return {
        "period_end": sample.period_end.isoformat(), "as_of": sample.as_of.isoformat(), "outcome": sample.outcome,
        "value": sample.value, "n": sample.n, "target": sample.target, "excess": sample.excess, "detail": sample.detail,
    }  # fmt: skip


def alert_id(sample: Sample) -> str:
    """The same opening sample gives the same alert, on whichever machine and however often it is evaluated."""
    return sha256(f"{sample.fingerprint}|{about(sample)}".encode()).hexdigest()[:ID_LENGTH]


def labels_of(episode: Episode) -> dict[str, str]:
    """The labels by name: metric, statistic, site_id, service_id, or table_name, source, check, subject, rule."""
    return dict(loads(episode.labels))
