-- title: What changed
-- question: Which figures changed more than chance, for better or worse?
-- owner: Operations
-- reviewed: 2026-11-20
-- param: grain text = week    day, week or month
-- returns: metric, title, statistic, site_id, service_id, period_start, value, centre, n, variation, assurance, target, since
select
    s.metric, d.title, s.statistic, s.site_id, s.service_id, s.period_start, s.value, s.centre, s.n, s.variation, s.assurance,
    s.target, s.since
from signals s
join definitions d using (metric)
where s.grain = $grain and s.rules <> ''
order by d.position, s.metric, s.statistic, s.site_id nulls first, s.service_id nulls first
