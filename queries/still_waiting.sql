-- title: Still waiting
-- question: How many cases of each wait are open, and where?
-- owner: Operations
-- reviewed: 2026-11-01
-- param: metric text = null    One wait; null for all of them
-- returns: metric, title, site_id, site, service_id, still_open
-- note: The years' observations hold every case that began in them, so the years together hold every open case.
select
    o.metric, d.title, o.site_id, coalesce(s.name, o.site_id) as site, o.service_id, sum(o.still_open)::bigint as still_open
from observations o
join definitions d using (metric)
left join sites s using (site_id)
where d.kind = 'duration' and o.grain = 'year' and o.stratum is null and o.site_id is not null and o.service_id is not null
  and o.statistic = (select min(p.statistic) from observations p where p.metric = o.metric)  -- each statistic repeats the count
  and ($metric is null or o.metric = $metric)
group by all
having sum(o.still_open) > 0
order by still_open desc, o.metric, o.site_id, o.service_id
