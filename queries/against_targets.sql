-- title: Against targets
-- question: Which targets are met and which are missed, in the newest settled period of every place?
-- owner: Operations
-- reviewed: 2026-11-01
-- param: grain text = month    day, week, month, quarter or year
-- returns: metric, statistic, site_id, service_id, period_start, value, target, better, met, n, source
with settled as (
    select *
    from observations
    where grain = $grain and mature and stratum is null
    qualify row_number() over (partition by metric, statistic, site_id, service_id order by period_start desc) = 1
)
select
    o.metric, o.statistic, o.site_id, o.service_id, o.period_start, o.value, t.value as target, d.better,
    case when d.better = 'higher' or t.statistic = 'within' then o.value >= t.value  -- a share within the time allowed: more is better
        when d.better = 'lower' then o.value <= t.value end as met,
    o.n, t.source
from targets t
join settled o
  on o.metric = t.metric and o.statistic = t.statistic
 and (t.site_id is null or o.site_id = t.site_id)
 and (t.service_id is null or o.service_id = t.service_id)
 and (t.region is null or o.site_id in (select s.site_id from sites s where s.region = t.region))
 and o.period_end >= coalesce(t.valid_from, o.period_end) and o.period_end <= coalesce(t.valid_to, o.period_end)
join definitions d on d.metric = t.metric
order by met, o.metric, o.statistic, o.site_id nulls first, o.service_id nulls first
