-- title: Satisfaction by how long the patient waited
-- question: Are patients who waited longer in the clinic or the department less satisfied?
-- owner: Patient experience
-- reviewed: 2026-11-30
-- param: since date = null    First local day of the survey; null for the last 12 months
-- param: days integer = 14    How long before the survey the visit may have been
-- returns: waited, fewest_minutes, answers, satisfied, share, lower, upper
-- note: An association, not an effect: who waits long is often sicker, older or came at a worse hour. The answer to 'overall' (satisfied: the upper two of five, or the same part of another scale) beside the patient's newest visit at the same site before it, from arrival, or the appointed time where that is later, until a clinician. Answers without such a visit are left out. Wilson's 95 % interval.
with waits as (
    select patient_key, site_id, scheduled_start as came_at,
        date_diff('second', greatest(arrived_at, scheduled_start), seen_at) / 60 as minutes
    from facts_appointments
    where patient_key is not null and seen_at >= greatest(arrived_at, scheduled_start)
    union all
    select patient_key, site_id, arrived_at, date_diff('second', arrived_at, seen_at) / 60
    from facts_visits
    where patient_key is not null and seen_at >= arrived_at
), answers as (
    select survey_id, item, patient_key, site_id, sent_at, (score - score_min) / (score_max - score_min) >= 0.75 as was_satisfied
    from facts_surveys, generation g
    where item = 'overall' and score is not null and score_max > score_min and sent_at <= g.as_of
      and day >= coalesce($since, g.as_of::date - 365)
), matched as (
    -- the newest visit of the window, of two at one time the longer wait; an asof join took up to thirty times as long
    select a.was_satisfied, max_by(w.minutes, (w.came_at, w.minutes)) as minutes
    from answers a
    join waits w on w.patient_key = a.patient_key and w.site_id = a.site_id
        and w.came_at <= a.sent_at and w.came_at > a.sent_at - to_days($days::integer)
    group by a.survey_id, a.item, a.was_satisfied
), banded as (
    select was_satisfied, case when minutes <= 15 then 0 when minutes <= 30 then 15 when minutes <= 60 then 30
        when minutes <= 120 then 60 else 120 end as fewest_minutes
    from matched
), counted as (
    select fewest_minutes, count(*) as answers, count(*) filter (was_satisfied) as satisfied,
        satisfied / answers as share, 1.959963984540054 ^ 2 / answers as zz, sqrt(zz * (share * (1 - share) + zz / 4)) as spread
    from banded
    group by fewest_minutes
)
select
    case fewest_minutes when 0 then 'up to 15 minutes' when 15 then '15 to 30' when 30 then '30 to 60' when 60 then '1 to 2 hours'
        else 'over 2 hours' end as waited,
    fewest_minutes, answers, satisfied, share,
    greatest(0, (share + zz / 2 - spread) / (1 + zz)) as lower, least(1, (share + zz / 2 + spread) / (1 + zz)) as upper
from counted
order by fewest_minutes
