-- title: Contacts outside opening hours
-- question: How many conversations begin when the site is closed, by channel?
-- owner: Contact centre
-- reviewed: 2026-11-30
-- param: since date = null    First local day; null for the last 90 days
-- param: site text = null     One site; null for all
-- returns: channel, contacts, after_hours, share, lower, upper
-- note: By each site's own opening hours, with its holidays and breaks, to the second; the moment of closing is closed. A site without a calendar is left out. Wilson's 95 % interval. Says when patients asked, not whether anybody answered.
with begun as (
    select f.channel, f.site_id, f.day, f.opened_at, coalesce(f.opened_at >= h.closes_at, true) as was_closed
    from facts_contacts f
    semi join opening_hours as known on known.site_id = f.site_id
    asof left join opening_hours h on h.site_id = f.site_id and h.opens_at <= f.opened_at
), counted as (
    select channel, count(*) as contacts, count(*) filter (was_closed) as after_hours,
        after_hours / count(*) as share, 1.959963984540054 ^ 2 / count(*) as zz,
        sqrt(zz * (share * (1 - share) + zz / 4)) as spread
    from begun
    cross join generation g
    where opened_at <= g.as_of and day >= coalesce($since, g.as_of::date - 90) and ($site is null or site_id = $site)
    group by channel
)
select
    channel, contacts, after_hours, share,
    greatest(0, (share + zz / 2 - spread) / (1 + zz)) as lower, least(1, (share + zz / 2 + spread) / (1 + zz)) as upper
from counted
order by channel
