-- title: After-hours share
-- question: Of the conversations that patients began, how many began when the site was closed?
-- owner: Contact centre
-- reviewed: 2026-11-30
-- returns: day, site_id, service_id, numerator, denominator
-- note: By each site's own opening hours, with its holidays and breaks, to the second; the moment of closing is closed. The question after_hours tells it by channel.
-- metric: kind = rate
-- metric: family = access
-- metric: better = neither
-- metric: matures = 24 hours
-- metric: authority = Local; no published standard.
-- metric: exclusions = Sites without a calendar
-- metric: caveats = Says when patients asked, not whether anybody answered; A new channel that is open all night raises it, and nobody is served worse; Days before the calendar begins count as closed
with begun as (
    select f.site_id, f.service_id, f.opened_at, coalesce(f.opened_at >= h.closes_at, true) as was_closed,
        timezone(coalesce(s.time_zone, 'UTC'), timezone('UTC', f.opened_at))::date as day
    from facts_contacts as f
    left join sites as s on s.site_id = f.site_id
    semi join opening_hours as known on known.site_id = f.site_id
    asof left join opening_hours as h on h.site_id = f.site_id and h.opens_at <= f.opened_at
)
select day, site_id, service_id, count(*) filter (where was_closed) as numerator, count(*) as denominator
from begun
cross join generation as g
where opened_at <= g.as_of -- not before: of rows that a condition thinned, DuckDB tries every opening hour
group by all
order by all
