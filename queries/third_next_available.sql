-- title: Third next available appointment
-- question: How many days until the third open slot, at the newest look at each schedule?
-- owner: Access and scheduling
-- reviewed: 2026-11-24
-- param: visit_type text = null    One kind of visit; null for each
-- param: site text = null    One site; null for all
-- returns: site_id, service_id, visit_type, looked_at, providers, without_three, third_next_available_days
-- note: IHI's rule. Slots held back do not count; the first two open ones are ignored, for they come from late cancellations. Calendar days, averaged over providers that have three open slots; a listing that covers few weeks leaves the fullest providers out.
with newest as (
    select site_id, service_id, max(snapshot_at) as looked_at
    from facts_slots
    where $site is null or site_id = $site
    group by all
), open_slots as (
    select f.site_id, f.service_id, f.visit_type, f.provider_id, n.looked_at, f.start_at, f.status = 'free' as free,
        row_number() over (
            partition by f.site_id, f.service_id, f.visit_type, f.provider_id, f.status order by f.start_at, f.slot_id) as nth,
        coalesce(s.time_zone, 'UTC') as zone
    from facts_slots f
    join newest n on n.site_id = f.site_id and n.service_id is not distinct from f.service_id and n.looked_at = f.snapshot_at
    left join sites s on s.site_id = f.site_id
    where f.start_at > f.snapshot_at and ($visit_type is null or f.visit_type = $visit_type)
), providers as (
    select site_id, service_id, visit_type, provider_id, looked_at,
        min(date_diff('day', timezone(zone, timezone('UTC', looked_at))::date, timezone(zone, timezone('UTC', start_at))::date))
            filter (free and nth = 3) as days
    from open_slots
    group by all
)
select site_id, service_id, visit_type, looked_at, count(*) as providers, count(*) filter (days is null) as without_three,
    avg(days) as third_next_available_days
from providers
group by all
order by site_id, service_id, visit_type
