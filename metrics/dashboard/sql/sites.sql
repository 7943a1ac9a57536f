-- One period of one statistic at every site, and in the service chosen.
-- params: metric, statistic, service (null for all), grain, period_start
select o.site_id, coalesce(s.name, o.site_id) as site, o.value, o.n, o.lower, o.upper, o.numerator, o.still_open, o.mature
from observations o
left join sites s using (site_id)
where o.metric = $metric and o.statistic = $statistic and o.grain = $grain and o.period_start = $period_start
  and o.site_id is not null and o.stratum is null
  and o.service_id is not distinct from cast($service as varchar)
order by site
