-- title: Coming back by satisfaction
-- question: Do patients who were satisfied come back more often?
-- owner: Patient experience
-- reviewed: 2026-11-30
-- param: since date = null     First local day of the survey; null for the newest 12 months whose window is over
-- param: days integer = 180    How long a return is looked for
-- returns: answer, answers, returned, share, lower, upper
-- note: An association, not an effect: who needs no further care does not come back, however satisfied. The answer to 'overall', the upper two of five (or the same part of another scale) being satisfied and the lower two dissatisfied; returned: an attended appointment anywhere after the survey was sent, within the window. Surveys whose window is not over are left out. Wilson's 95 % interval.
with answers as (
    select survey_id, item, patient_key, sent_at, (score - score_min) / (score_max - score_min) as part
    from facts_surveys, generation g
    where item = 'overall' and score is not null and score_max > score_min and patient_key is not null
      and sent_at <= g.as_of - to_days($days::integer)
      and day >= coalesce($since, g.as_of::date - 365 - $days)
), visits as (
    select patient_key, scheduled_start
    from facts_appointments
    where status = 'fulfilled' and patient_key is not null
), followed as (
    -- any visit of the window: an asof join to the next one, which has few a patient to choose from, took forty times as long
    select case when a.part >= 0.75 then 1 when a.part > 0.25 then 2 else 3 end as place, count(v.scheduled_start) > 0 as came_back
    from answers a
    left join visits v on v.patient_key = a.patient_key
        and v.scheduled_start > a.sent_at and v.scheduled_start <= a.sent_at + to_days($days::integer)
    group by a.survey_id, a.item, a.part
), counted as (
    select place, count(*) as answers, count(*) filter (came_back) as returned,
        returned / answers as share, 1.959963984540054 ^ 2 / answers as zz, sqrt(zz * (share * (1 - share) + zz / 4)) as spread
    from followed
    group by place
)
select
    case place when 1 then 'satisfied' when 2 then 'between' else 'dissatisfied' end as answer, answers, returned, share,
    greatest(0, (share + zz / 2 - spread) / (1 + zz)) as lower, least(1, (share + zz / 2 + spread) / (1 + zz)) as upper
from counted
order by place
