-- title: Clinics that run late
-- question: At which services do patients who are on time start late, and by how much?
-- owner: Outpatients
-- reviewed: 2026-11-20
-- param: since date = null    First local day; null for the last 12 weeks
-- param: site text = null     One site; null for all
-- returns: site_id, service_id, seen, late_by_15, share_late, median_minutes, p90_minutes
-- note: Late is seen more than 15 minutes after the booked time, of patients who had arrived by then.
with seen as (
    select site_id, service_id, greatest(date_diff('minute', scheduled_start, seen_at), 0) as minutes
    from facts_appointments, generation g
    where seen_at is not null and arrived_at <= scheduled_start and not coalesce(walk_in, false)
      and day >= coalesce($since, g.as_of::date - 83)  -- 84 days are 12 weeks
      and ($site is null or site_id = $site)
)
select
    site_id, service_id,
    count(*) as seen,
    count(*) filter (minutes > 15) as late_by_15,
    late_by_15 / count(*) as share_late,
    median(minutes) as median_minutes,
    quantile_cont(minutes, 0.9) as p90_minutes
from seen
group by all
order by share_late desc, site_id, service_id
