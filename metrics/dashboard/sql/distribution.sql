-- How long completed waits were, in at most about forty equal bars; the last bar holds everything longer.
-- wait_bins holds the upper edge of each bin in minutes. The bar's width is the first round width that fits the 98th percentile.
-- params: metric, site, service (null for all), first, last (local days, both included)
with waits as (
    select bin, sum(n) as n
    from wait_bins
    where metric = $metric and day between $first and $last
      and ($site is null or site_id = $site) and ($service is null or service_id = $service)
    group by bin
),
running as (
    select bin, sum(n) over (order by bin) as so_far, sum(n) over () as total from waits
),
reach as (
    select min(bin) as bin from running where so_far >= 0.98 * total
),
width as (
    select coalesce(min(w), 43200) as w
    from (select unnest([1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 720, 1440, 2880, 10080, 20160, 43200]) as w), reach
    where reach.bin <= 40 * w
),
edges as (
    select n, w, greatest(1, least(ceil(bin / w), ceil((select bin from reach) / w) + 1)) as bar, (select greatest(1, ceil(bin / w)) from reach) as last_bar
    from waits, width
)
select
    cast((bar - 1) * w as double) as from_minutes,
    cast(bar * w as double) as to_minutes,
    bar > last_bar as longer,
    cast(sum(n) as bigint) as n
from edges
group by bar, w, last_bar
order by bar
