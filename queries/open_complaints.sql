-- title: Open complaints
-- question: Which complaints are still unanswered, the oldest first?
-- owner: Patient relations
-- reviewed: 2026-11-01
-- param: older_than integer = 0    Days since it was received
-- param: site text = null          One site; null for all
-- returns: case_id, site_id, service_id, urgency, opened_at, acknowledged_at, days_open, extended
select
    case_id, site_id, service_id, urgency, opened_at, acknowledged_at,
    date_diff('day', opened_at, g.as_of) as days_open,
    coalesce(extended, false) as extended
from facts_cases, generation g
where kind = 'complaint' and (resolved_at is null or reopened_at >= resolved_at) and opened_at <= g.as_of
  and date_diff('day', opened_at, g.as_of) >= $older_than
  and ($site is null or site_id = $site)
order by opened_at, case_id
