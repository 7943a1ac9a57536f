-- title: Against targets
-- question: Which targets are met and which are missed, in the newest settled period of every place?
-- owner: Operations
-- reviewed: 2026-11-23
-- param: grain text = month    day, week, month, quarter or year
-- returns: metric, statistic, site_id, service_id, period_start, value, target, kind, met, n, source, verified
with settled as (
    select *
    from observations
    where grain = $grain and mature and stratum is null
    qualify row_number() over (partition by metric, statistic, site_id, service_id order by period_start desc) = 1
),
-- of the targets in force at the period's end, the one that names its place most closely
held as (
    select
        o.metric, o.statistic, o.site_id, o.service_id, o.period_start, o.value, o.n, t.value as target, t.kind, t.source, t.verified
    from settled o
    join targets t
      on t.metric = o.metric and t.statistic = o.statistic and t.role = 'target'
     and (t.site_id is null or o.site_id = t.site_id)
     and (t.service_id is null or o.service_id = t.service_id)
     and (t.region is null or o.site_id in (select s.site_id from sites s where s.region = t.region))
     and o.period_end >= t.valid_from and o.period_end <= coalesce(t.valid_to, o.period_end)
    qualify row_number() over (
        partition by o.metric, o.statistic, o.site_id, o.service_id order by t.closeness desc, t.valid_from desc
    ) = 1
)
select
    metric, statistic, site_id, service_id, period_start, value, target, kind,
    case when kind in ('share_within', 'floor') then value >= target else value <= target end as met,
    n, source, verified
from held
order by met, metric, statistic, site_id nulls first, service_id nulls first
