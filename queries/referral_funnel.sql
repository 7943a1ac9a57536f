-- title: Referral funnel
-- question: How far do referrals come, how long does each step take, and how old are those that are stuck?
-- owner: Planned care
-- reviewed: 2026-11-30
-- param: since date = null      First local day sent; null for the last 12 months
-- param: service text = null    One service; null for all
-- returns: stage, reached, share_of_sent, share_of_stage_before, median_days_from_stage_before, stuck, median_days_stuck
-- note: By the day the referral was sent. Stuck: reached the stage, not the next one, and not closed; their age is counted since they reached it. The newest referrals have not had time to come far. A stage without its own instant counts as reached where a later one has one.
with sent as (
    select sent_at, closed_at, g.as_of,
        coalesce(accepted_at, scheduled_at, seen_at, note_returned_at) as accepted,
        coalesce(scheduled_at, seen_at, note_returned_at) as booked,
        coalesce(seen_at, note_returned_at) as seen, note_returned_at as answered
    from facts_referrals, generation g
    where sent_at <= g.as_of and day >= coalesce($since, g.as_of::date - 365) and ($service is null or service_id = $service)
), steps as (
    select closed_at, as_of, step.place as place, step.stage as stage, step.came as came, step.earlier as earlier, step.later as later
    from sent, unnest([
        {'place': 1, 'stage': 'sent', 'came': sent_at, 'earlier': null::timestamp, 'later': accepted},
        {'place': 2, 'stage': 'accepted', 'came': accepted, 'earlier': sent_at, 'later': booked},
        {'place': 3, 'stage': 'booked', 'came': booked, 'earlier': accepted, 'later': seen},
        {'place': 4, 'stage': 'seen', 'came': seen, 'earlier': booked, 'later': answered},
        {'place': 5, 'stage': 'note returned', 'came': answered, 'earlier': seen, 'later': answered}
    ]) as each_step(step)
), counted as (
    select place, stage, count(came) as reached,
        median(date_diff('second', earlier, came) / 86400) as median_days_from_stage_before,
        count(*) filter (came is not null and later is null and closed_at is null) as stuck,
        median(date_diff('second', came, as_of) / 86400) filter (came is not null and later is null and closed_at is null)
            as median_days_stuck
    from steps
    group by place, stage
)
select
    stage, reached, reached / nullif(first_value(reached) over places, 0) as share_of_sent,
    reached / nullif(lag(reached) over places, 0) as share_of_stage_before, median_days_from_stage_before, stuck, median_days_stuck
from counted
window places as (order by place)
order by place
