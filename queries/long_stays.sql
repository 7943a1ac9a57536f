-- title: Who stays longest
-- question: Which emergency visits lasted longer than the standard, and where was the time spent?
-- owner: Emergency departments
-- reviewed: 2026-11-20
-- param: hours integer = 12   At least this many hours from arrival to departure
-- param: since date = null    First local day; null for the last 2 weeks
-- param: site text = null     One site; null for all
-- returns: visit_id, site_id, arrived_at, acuity, disposition, to_provider_minutes, to_decision_minutes, to_departure_minutes, hours_in_all
select
    visit_id, site_id, arrived_at, acuity, disposition,
    date_diff('minute', arrived_at, seen_at) as to_provider_minutes,
    date_diff('minute', seen_at, decision_at) as to_decision_minutes,
    date_diff('minute', coalesce(decision_at, seen_at), departed_at) as to_departure_minutes,
    date_diff('minute', arrived_at, departed_at) / 60 as hours_in_all
from facts_visits, generation g
where departed_at >= arrived_at + to_hours($hours)
  and day >= coalesce($since, g.as_of::date - 13)  -- 14 days
  and ($site is null or site_id = $site)
order by hours_in_all desc, visit_id
