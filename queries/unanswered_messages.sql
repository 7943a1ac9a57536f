-- title: Unanswered messages
-- question: Which messages still wait for a reply, and for how long?
-- owner: Contact centre
-- reviewed: 2026-11-20
-- param: hours integer = 24   Older than this many hours
-- returns: site_id, service_id, channel, messages, oldest_hours
select
    c.site_id, c.service_id, c.channel,
    count(*) as messages,
    max(date_diff('hour', c.opened_at, g.as_of)) as oldest_hours
from facts_contacts c, generation g
where c.channel in ('portal', 'email', 'sms', 'chat') and coalesce(c.reply_needed, true)
  and c.answered_at is null and c.resolved_at is null and c.abandoned_at is null
  and c.opened_at <= g.as_of - to_hours($hours)
group by all
order by messages desc, c.site_id, c.service_id, c.channel
