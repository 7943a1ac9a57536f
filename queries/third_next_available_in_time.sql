-- title: Third next available within 10 days
-- question: Of the clinicians' schedules looked at, how many have their third open slot within 10 days?
-- owner: Access and scheduling
-- reviewed: 2026-11-30
-- returns: day, site_id, service_id, numerator, denominator
-- note: A schedule is a clinician and a kind of visit, at the last look of each local day. One with fewer than three open slots is not in time where the listing reaches 10 days ahead; where it does not, nobody knows, and it is in neither count.
-- metric: kind = rate
-- metric: family = access
-- metric: better = higher
-- metric: matures = 24 hours
-- metric: authority = IHI, third next available appointment; Cincinnati Children's tells the share of divisions within 10 days.
-- metric: exclusions = Slots held back, and slots already begun; schedules listed for less than 10 days in which three open slots are not found
-- metric: caveats = Every look counts: IHI looks once a week, on one weekday at one time; Calendar days by local dates, weekends and holidays among them; HRSA's rule of 15 business days is another one; Says what is offered and not what anybody asked for
with looked as (
    select f.*, coalesce(s.time_zone, 'UTC') as zone, timezone(zone, timezone('UTC', f.snapshot_at))::date as looked_on,
        date_diff('day', looked_on, timezone(zone, timezone('UTC', f.start_at))::date) as days_ahead
    from facts_slots as f
    cross join generation as g
    left join sites as s on s.site_id = f.site_id
    where f.snapshot_at <= g.as_of
), last_looks as (
    select *
    from looked
    qualify snapshot_at = max(snapshot_at) over (partition by site_id, service_id, looked_on)
), schedules as (
    select site_id, service_id, looked_on, max(days_ahead) as listed,
        list_sort(list(days_ahead) filter (where status = 'free' and start_at > snapshot_at))[3] as third
    from last_looks
    group by site_id, service_id, looked_on, provider_id, visit_type
)
select looked_on as day, site_id, service_id, count(*) filter (where third <= 10) as numerator, count(*) as denominator
from schedules
where third is not null or listed >= 10
group by all
order by all
