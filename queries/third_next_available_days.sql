-- title: Third next available appointment
-- question: How many days from a look at the schedule to the third open slot of each clinician?
-- owner: Access and scheduling
-- reviewed: 2026-11-30
-- returns: case_id, day, site_id, service_id, seconds
-- note: A row a clinician and kind of visit, at the last look of each local day. Whole local days in seconds: a slot later on the day of the look is 0, weekends and holidays count. Two slots at one instant are two.
-- metric: kind = duration
-- metric: family = access
-- metric: better = lower
-- metric: unit = days
-- metric: statistics = median, mean_wait, p90, within
-- metric: within = 10 days
-- metric: matures = 24 hours
-- metric: authority = IHI, third next available appointment: aims of 0 days in primary care and 2 in specialties. Cincinnati Children's: at most 10 days.
-- metric: exclusions = Slots held back, and slots already begun; the first two open ones, which come from late cancellations
-- metric: caveats = Who has fewer than three open slots in the listing has no wait here, so a full clinic that lists few weeks ahead looks good: read third_next_available_in_time beside it; Every look counts: IHI looks once a week, on one weekday at one time; Says what is offered and not what anybody asked for, nor that the patient may have it
with looked as (
    select f.*, coalesce(s.time_zone, 'UTC') as zone, timezone(zone, timezone('UTC', f.snapshot_at))::date as looked_on
    from facts_slots as f
    cross join generation as g
    left join sites as s on s.site_id = f.site_id
    where f.snapshot_at <= g.as_of
), last_looks as (
    select *
    from looked
    qualify snapshot_at = max(snapshot_at) over (partition by site_id, service_id, looked_on)
), open_slots as (
    select *, row_number() over (
        partition by site_id, service_id, looked_on, provider_id, visit_type order by start_at, slot_id) as nth
    from last_looks
    where status = 'free' and start_at > snapshot_at
)
select
    concat_ws(chr(31), site_id, service_id, looked_on::varchar, coalesce(provider_id, ''), coalesce(visit_type, '')) as case_id,
    looked_on as day, site_id, service_id,
    86400 * date_diff('day', looked_on, timezone(zone, timezone('UTC', start_at))::date) as seconds
from open_slots
where nth = 3
