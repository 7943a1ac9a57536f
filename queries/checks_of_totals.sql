-- title: Do the totals add up?
-- question: Is any site's figure other than the sum of its services?
-- owner: Data team
-- reviewed: 2026-11-01
-- param: grain text = month    day, week, month, quarter or year
-- returns: metric, statistic, period_start, site_id, n_of_site, n_of_services
-- note: No rows is the right answer: the audit refuses a generation that would have any.
with sites_ as (
    select metric, statistic, period_start, site_id, n
    from observations
    where grain = $grain and stratum is null and site_id is not null and service_id is null
),
services as (
    select metric, statistic, period_start, site_id, sum(n)::bigint as n
    from observations
    where grain = $grain and stratum is null and site_id is not null and service_id is not null
    group by all
)
select metric, statistic, period_start, site_id, sites_.n as n_of_site, services.n as n_of_services
from sites_ full join services using (metric, statistic, period_start, site_id)
where sites_.n is distinct from services.n
order by all
