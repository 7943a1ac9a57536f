-- title: Reminders and no-shows
-- question: Do patients who were reminded miss fewer appointments, among those who booked equally far ahead?
-- owner: Access
-- reviewed: 2026-11-30
-- param: since date = null    First local day; null for the last 12 months
-- param: site text = null     One site; null for all
-- returns: days_ahead, fewest_days, reminded, reminded_missed, others, others_missed, risk_ratio, lower, upper
-- note: Never compared crude: who books far ahead is reminded more and misses more, so that reminders seem to hurt (Simpson). Each band of lead time by itself, then all together by Mantel and Haenszel, with the 95 % interval of Greenland and Robins (1985); below 1, the reminded miss fewer. A band in which everybody or nobody was reminded tells nothing and adds nothing. This is an association, not an effect: who is reminded is not left to chance. Trials of text messages found 0.77 (0.71 to 0.84).
with due as (
    select
        status = 'noshow' as missed, reminder_sent_at is not null as was_reminded,
        greatest(date_diff('day', booked_day, day), 0) as days
    from facts_appointments, generation g
    where status in ('arrived', 'checked-in', 'fulfilled', 'noshow') and not coalesce(walk_in, false)
      and booked_day is not null and scheduled_start <= g.as_of
      and day >= coalesce($since, g.as_of::date - 365)
      and ($site is null or site_id = $site)
), banded as (
    select missed, was_reminded,
        case when days = 0 then 0 when days <= 2 then 1 when days <= 7 then 3 when days <= 14 then 8
            when days <= 30 then 15 else 31 end as fewest_days
    from due
), bands as (
    select fewest_days,
        count(*) filter (was_reminded) as reminded, count(*) filter (was_reminded and missed) as reminded_missed,
        count(*) filter (not was_reminded) as others, count(*) filter (not was_reminded and missed) as others_missed
    from banded
    group by fewest_days
), each_band as (
    select *,
        (reminded_missed / nullif(reminded, 0)) / nullif(others_missed / nullif(others, 0), 0) as risk_ratio,
        case when reminded_missed > 0 and others_missed > 0
            then 1 / reminded_missed - 1 / reminded + 1 / others_missed - 1 / others end as variance
    from bands
), told as (
    select sum(reminded_missed * others / (reminded + others)) as top, sum(others_missed * reminded / (reminded + others)) as bottom,
        sum((reminded * others * (reminded_missed + others_missed) - reminded_missed * others_missed * (reminded + others))
            / (reminded + others) ^ 2) as spread
    from bands
    where reminded > 0 and others > 0
), together as (
    select null::bigint as fewest_days, sum(reminded)::bigint as reminded, sum(reminded_missed)::bigint as reminded_missed,
        sum(others)::bigint as others, sum(others_missed)::bigint as others_missed,
        any_value(top / nullif(bottom, 0)) as risk_ratio, any_value(spread / nullif(top * bottom, 0)) as variance
    from bands, told
    having count(*) > 0
)
select
    case fewest_days when 0 then 'same day' when 1 then '1 to 2' when 3 then '3 to 7' when 8 then '8 to 14'
        when 15 then '15 to 30' when 31 then '31 or more' else 'all, by lead time' end as days_ahead,
    fewest_days, reminded, reminded_missed, others, others_missed, risk_ratio,
    risk_ratio * exp(-1.959963984540054 * sqrt(variance)) as lower, risk_ratio * exp(1.959963984540054 * sqrt(variance)) as upper
from (select * from each_band union all by name select * from together)
order by fewest_days nulls last
