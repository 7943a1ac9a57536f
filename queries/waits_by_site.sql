-- title: Waits by site
-- question: At which sites do patients wait longest, over any span of days?
-- owner: Operations
-- reviewed: 2026-11-01
-- param: metric text = door_to_provider    A wait, as the table definitions names it
-- param: since date = null                 First local day; null for the last 12 weeks
-- param: until date = null                 Last local day; null for the newest
-- param: service text = null               One service; null for all
-- returns: site_id, site, n, median_minutes, p90_minutes, longest_minutes
-- note: Exact to the bin: waits are kept to the minute up to a day, to the hour up to 25 days, to the day beyond.
with span as (
    select coalesce($since, max(day) - 83) as first_day, coalesce($until, max(day)) as last_day  -- 84 days are 12 weeks
    from wait_bins
    where metric = $metric
),
binned as (
    select w.site_id, w.bin, sum(w.n) as n
    from wait_bins w, span
    where w.metric = $metric and w.day between first_day and last_day and ($service is null or w.service_id = $service)
    group by all
),
running as (
    select *, sum(n) over (partition by site_id order by bin) as so_far, sum(n) over (partition by site_id) as total
    from binned
)
select
    r.site_id,
    coalesce(any_value(s.name), r.site_id) as site,
    max(total)::bigint as n,
    min(bin) filter (so_far >= 0.5 * total) as median_minutes,
    min(bin) filter (so_far >= 0.9 * total) as p90_minutes,
    max(bin) as longest_minutes
from running r
left join sites s using (site_id)
group by r.site_id
order by median_minutes desc, r.site_id
