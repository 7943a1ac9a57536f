-- title: Waiting list by age
-- question: How many referrals wait at the end of each week, for how long, and how did the list come to that?
-- owner: Planned care
-- reviewed: 2026-11-24
-- param: weeks integer = 13    How many whole weeks back
-- param: site text = null    One site; null for all
-- returns: week_ending, opening, started, stopped, waiting, within_18_weeks, over_18_weeks, over_52_weeks, share_within_18_weeks
-- note: Opening and started less stopped is what waits, by this record. Day 126 is within 18 weeks. A list shows the ages of waits not over yet: long waits are over-represented, so never set it beside completed waits. A clock that was nullified (first appointment not attended) never was on it.
with pathways as (
    select timezone(coalesce(s.time_zone, 'UTC'), timezone('UTC', clock_start_at))::date as start_day,
        timezone(coalesce(s.time_zone, 'UTC'), timezone('UTC', clock_stop_at))::date as stop_day
    from facts_referrals f
    left join sites s on s.site_id = f.site_id
    where clock_start_at is not null and close_reason is distinct from 'did_not_attend' and ($site is null or f.site_id = $site)
), sundays as (
    select (date_trunc('week', g.as_of)::date - 1 - 7 * past::integer) as week_ending
    from generation g, range(0, $weeks::integer) weeks(past)
)
select
    week_ending,
    count(start_day) filter (start_day <= week_ending - 7 and (stop_day is null or stop_day > week_ending - 7)) as opening,
    count(start_day) filter (start_day > week_ending - 7) as started,
    count(start_day) filter (stop_day > week_ending - 7 and stop_day <= week_ending) as stopped,
    count(start_day) filter (stop_day is null or stop_day > week_ending) as waiting,
    count(start_day) filter ((stop_day is null or stop_day > week_ending) and week_ending - start_day <= 126) as within_18_weeks,
    waiting - within_18_weeks as over_18_weeks,
    count(start_day) filter ((stop_day is null or stop_day > week_ending) and week_ending - start_day > 364) as over_52_weeks,
    within_18_weeks / nullif(waiting, 0) as share_within_18_weeks
from sundays
left join pathways on start_day <= week_ending
group by week_ending
order by week_ending
