-- title: No-shows by lead time
-- question: Do patients who book further ahead come less often?
-- owner: Access
-- reviewed: 2026-11-30
-- param: since date = null    First local day; null for the last 12 months
-- param: site text = null     One site; null for all
-- returns: days_ahead, fewest_days, no_shows, due, share, lower, upper
-- note: An association, not an effect: who books far ahead differs from who comes at once, in need and in plans. Local days between the booking and the appointment. Wilson's 95 % interval.
with due as (
    select
        status = 'noshow' as missed,
        greatest(date_diff('day', booked_day, day), 0) as days
    from facts_appointments, generation g
    where status in ('arrived', 'checked-in', 'fulfilled', 'noshow') and not coalesce(walk_in, false)
      and booked_day is not null and scheduled_start <= g.as_of
      and day >= coalesce($since, g.as_of::date - 365)
      and ($site is null or site_id = $site)
),
banded as (
    select
        missed,
        case when days = 0 then 0 when days <= 2 then 1 when days <= 7 then 3 when days <= 14 then 8
            when days <= 28 then 15 when days <= 56 then 29 else 57 end as fewest_days
    from due
),
counted as (
    select fewest_days, count(*) filter (missed) as no_shows, count(*) as due, no_shows / due as share,
        1.959963984540054 ^ 2 / due as zz, sqrt(zz * (share * (1 - share) + zz / 4)) as spread
    from banded
    group by fewest_days
)
select
    case fewest_days when 0 then 'same day' when 1 then '1 to 2' when 3 then '3 to 7' when 8 then '8 to 14'
        when 15 then '15 to 28' when 29 then '29 to 56' else '57 or more' end as days_ahead,
    fewest_days, no_shows, due, share,
    greatest(0, (share + zz / 2 - spread) / (1 + zz)) as lower, least(1, (share + zz / 2 + spread) / (1 + zz)) as upper
from counted
order by fewest_days
