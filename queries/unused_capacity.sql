-- title: Unused capacity
-- question: Which services still had free slots when their day came?
-- owner: Access
-- reviewed: 2026-11-20
-- param: since date = null    First local day; null for the last 12 weeks
-- param: site text = null     One site; null for all
-- chart: bar x=service_id y=share_free
-- returns: site_id, service_id, slots, free, held, share_free
-- note: A slot as its last census before the start saw it.
with last_seen as (
    select site_id, service_id, slot_id, status
    from facts_slots, generation g
    where start_at <= g.as_of and snapshot_at <= start_at and day >= coalesce($since, g.as_of::date - 83)  -- 84 days are 12 weeks
      and ($site is null or site_id = $site)
    qualify row_number() over (partition by slot_id order by snapshot_at desc) = 1
)
select
    site_id, service_id,
    count(*) as slots,
    count(*) filter (status = 'free') as free,
    count(*) filter (status = 'held') as held,
    free / slots as share_free
from last_seen
group by all
order by share_free desc, site_id, service_id
