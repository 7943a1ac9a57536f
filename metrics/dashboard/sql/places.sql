-- Every site and service that has a figure, with the site's name.
select distinct o.site_id, coalesce(s.name, o.site_id) as site, o.service_id
from observations o
left join sites s using (site_id)
where o.grain = 'year' and o.stratum is null and o.site_id is not null and o.service_id is not null
order by site, o.service_id
