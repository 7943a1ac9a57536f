-- title: Days to appointment, over a moving year
-- question: How many days did the referrals of a whole year wait until they were first seen, week by week?
-- owner: Planned care
-- reviewed: 2026-11-30
-- param: weeks integer = 26     How many whole weeks back
-- param: service text = null    One service; null for all
-- returns: week_ending, referrals, not_seen, median_days, p90_days, share_within_90_days
-- note: A moving window of 364 days (whole weeks, so that weekdays do not jitter) of referrals at least 90 days old at the week's end, so that each has had the same chance. A referral neither seen nor closed by then counts with its age, so that the longest waits are not left out; one closed unseen is left out.
with weeks as (
    select (date_trunc('week', g.as_of)::date - 1 - 7 * n::integer)::date as week_ending
    from generation g, range($weeks::integer) as ago(n)
), sent as (
    select day as sent_on, timezone(coalesce(s.time_zone, 'UTC'), timezone('UTC', f.seen_at))::date as seen_on,
        timezone(coalesce(s.time_zone, 'UTC'), timezone('UTC', f.closed_at))::date as closed_on
    from facts_referrals f
    left join sites s on s.site_id = f.site_id
    where $service is null or f.service_id = $service
), aged as (
    select week_ending, coalesce(seen_on <= week_ending, false) as was_seen,
        date_diff('day', sent_on, if(was_seen, seen_on, week_ending)) as days
    from weeks
    join sent on sent_on > week_ending - 90 - 364 and sent_on <= week_ending - 90
    where was_seen or closed_on is null or closed_on > week_ending
)
select
    week_ending, count(*) as referrals, count(*) filter (not was_seen) as not_seen, median(days) as median_days,
    quantile_cont(days, 0.9) as p90_days, count(*) filter (days <= 90) / count(*) as share_within_90_days
from aged
group by week_ending
order by week_ending
