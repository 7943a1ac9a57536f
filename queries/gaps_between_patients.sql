-- title: Gaps between groups of patients
-- question: Which groups of patients fare differently from the others, on one metric?
-- owner: Equity board
-- reviewed: 2026-11-01
-- param: metric text = no_show_rate    A metric that is reported as a share
-- param: statistic text = share        share or within
-- param: dimension text = age_band     age_band, language, interpreter, deprivation or payer
-- param: months integer = 12           The newest settled months, added up
-- returns: stratum, numerator, denominator, share, everybody, difference
with settled as (
    select distinct period_start
    from observations
    where metric = $metric and statistic = $statistic and grain = 'month' and mature
    order by period_start desc
    limit $months
),
groups as (
    select o.stratum, sum(o.numerator) as numerator, sum(o.denominator) as denominator
    from observations o
    join settled using (period_start)
    where o.metric = $metric and o.statistic = $statistic and o.grain = 'month'
      and o.site_id is null and o.service_id is null and starts_with(o.stratum, $dimension || '=')
    group by all
)
select
    split_part(stratum, '=', 2) as stratum, numerator, denominator,
    numerator / nullif(denominator, 0) as share,
    sum(numerator) over () / nullif(sum(denominator) over (), 0) as everybody,
    share - everybody as difference
from groups
order by difference desc, stratum
