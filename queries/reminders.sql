-- title: Reminders and no-shows
-- question: Do patients who were reminded miss fewer appointments?
-- owner: Access
-- reviewed: 2026-11-01
-- param: since date = null    First local day; null for the last 12 months
-- returns: month, reminded, no_shows, due, share
-- note: Who is reminded is not left to chance, so a difference here is a question, not an answer.
select
    date_trunc('month', day) as month,
    reminder_sent_at is not null as reminded,
    count(*) filter (status = 'noshow') as no_shows,
    count(*) as due,
    no_shows / nullif(due, 0) as share
from facts_appointments, generation g
where status in ('arrived', 'checked-in', 'fulfilled', 'noshow') and not coalesce(walk_in, false)
  and scheduled_start <= g.as_of
  and day >= coalesce($since, g.as_of::date - 365)
group by all
order by month, reminded
