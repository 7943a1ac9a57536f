-- title: Callbacks kept
-- question: Are callers who were promised a call called back, and how soon?
-- owner: Contact centre
-- reviewed: 2026-11-20
-- param: since date = null    First local day; null for the last 12 weeks
-- chart: line x=week y=share_kept
-- returns: week, promised, called, share_kept, median_minutes
select
    date_trunc('week', c.day) as week,
    count(*) as promised,
    count(c.callback_at) as called,
    called / promised as share_kept,
    median(date_diff('minute', c.callback_requested_at, c.callback_at)) as median_minutes
from facts_contacts c, generation g
where c.callback_requested_at <= g.as_of and c.day >= coalesce($since, g.as_of::date - 83)  -- 84 days are 12 weeks
group by all
order by week
