-- title: The metrics
-- question: What is measured, in which statistics, and since when?
-- owner: Analytics
-- reviewed: 2026-11-01
-- param: family text = null    One family; null for all
-- returns: metric, title, question, family, unit, better, statistics, first_day, last_day, definition_version
select
    d.metric, d.title, d.question, d.family, d.unit, d.better,
    string_agg(distinct o.statistic, ', ' order by o.statistic) as statistics,
    min(o.period_start) as first_day,
    max(o.period_start) as last_day,
    d.definition_version
from definitions d
left join observations o on o.metric = d.metric and o.grain = 'day' and o.site_id is null and o.service_id is null
where $family is null or d.family = $family
group by all
order by any_value(d.position), d.metric
