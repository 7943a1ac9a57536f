-- title: completed waits near a limit, by metric and site
-- params: since (date), metrics (comma-separated), lowest, highest (minutes)
-- returns: metric, site_id, bin, n
select metric, site_id, bin, sum(n)::bigint as n
from wait_bins
where day >= $since and bin between $lowest and $highest and list_contains(string_split($metrics, ','), metric)
group by metric, site_id, bin
order by all
