-- title: Calls by hour
-- question: At which hours do callers give up, and how fast are the others answered?
-- owner: Contact centre
-- reviewed: 2026-11-01
-- param: since date = null    First local day; null for the last 4 weeks
-- param: queue text = null    One queue; null for all
-- returns: hour, calls, answered, abandoned, share_abandoned, median_seconds_to_answer
with calls as (
    select
        c.opened_at at time zone 'UTC' at time zone coalesce(s.time_zone, 'UTC') as opened,
        c.answered_at,
        c.abandoned_at > c.queued_at + interval 5 seconds as gave_up,  -- sooner is a wrong number, as in abandonment_rate
        date_diff('second', c.queued_at, c.answered_at) as seconds
    from facts_contacts c, generation g
    left join sites s on s.site_id = c.site_id
    where c.channel = 'phone' and c.queued_at is not null and c.opened_at <= g.as_of and c.day >= coalesce($since, g.as_of::date - 27)  -- 28 days
      and ($queue is null or c.queue_id = $queue)
)
select
    hour(opened) as hour,
    count(*) as calls,
    count(answered_at) as answered,
    count(*) filter (gave_up) as abandoned,
    abandoned / nullif(answered + abandoned, 0) as share_abandoned,
    median(seconds) as median_seconds_to_answer
from calls
group by all
order by hour
