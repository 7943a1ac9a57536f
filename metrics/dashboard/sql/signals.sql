-- Every metric's verdicts at every site: one statistic a metric, the one it is held to, else the first of the list that it has.
-- `newest` is the metric's newest judged period anywhere: a series that ends before it has no data now.
-- params: grain, service (null for all services together)
with judged as (
    select * from signals where grain = $grain and service_id is not distinct from cast($service as varchar)
),
shown as (
    select metric, statistic
    from signals
    where grain = $grain
    group by metric, statistic
    qualify row_number() over (
        partition by metric
        order by count(target) = 0, list_position(['share', 'median', 'count', 'within', 'p90', 'p95', 'mean_wait', 'km_within', 'km_median', 'km_p90'], statistic)
    ) = 1
)
select
    judged.*, d.title, d.unit, d.better, d.family, d.headline, d.position, s.name as site,
    max(judged.period_start) over (partition by judged.metric) as newest
from judged
join shown using (metric, statistic)
join definitions d using (metric)
left join sites s on s.site_id = judged.site_id
order by d.position, judged.site_id nulls first
