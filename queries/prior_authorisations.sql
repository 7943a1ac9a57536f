-- title: Prior authorisations, as they are reported
-- question: How many requests were approved and denied, and how long did decisions take, standard and expedited?
-- owner: Revenue cycle
-- reviewed: 2026-11-30
-- param: since date = null    First local day of the request; null for the newest whole calendar year
-- param: until date = null    Last local day of the request; null for that year's end
-- returns: urgency, requests, decided, approved, denied, share_approved, share_denied, approved_after_extension, mean_days, median_days, decided_in_time, share_in_time
-- note: The figures that CMS-0057-F has payers post by 31 March each year: the mean beside the median, because the rule asks for both; everywhere else Timely tells no mean of a wait. Shares are of decided requests. In time: 7 calendar days for standard requests, 72 hours for expedited ones, of those decided or already past it. Drugs are out of the rule, and the record does not say which requests are for drugs. Approval after appeal is not in the record.
with asked as (
    select coalesce($since, date_trunc('year', g.as_of)::date - interval 1 year)::date as first_day,
        coalesce($until, date_trunc('year', g.as_of)::date - 1) as last_day, g.as_of
    from generation g
), requests as (
    select if(coalesce(urgency, 'routine') = 'routine', 'standard', 'expedited') as urgency, outcome,
        coalesce(extended, false) as was_extended,
        resolved_at is not null as is_decided, date_diff('second', opened_at, coalesce(resolved_at, as_of)) / 86400 as days,
        date_diff('day', timezone(coalesce(s.time_zone, 'UTC'), timezone('UTC', opened_at))::date,
            timezone(coalesce(s.time_zone, 'UTC'), timezone('UTC', coalesce(resolved_at, as_of)))::date) as calendar_days
    from facts_cases f
    cross join asked
    left join sites s on s.site_id = f.site_id
    where kind = 'prior_authorization' and opened_at <= as_of and day between first_day and last_day
), judged as (
    select *, if(urgency = 'standard', calendar_days <= 7, days <= 3) as is_in_time
    from requests
)
select
    urgency, count(*) as requests, count(*) filter (is_decided) as decided, count(*) filter (outcome = 'approved') as approved,
    count(*) filter (outcome = 'denied') as denied,
    count(*) filter (outcome = 'approved') / nullif(count(*) filter (is_decided), 0) as share_approved,
    count(*) filter (outcome = 'denied') / nullif(count(*) filter (is_decided), 0) as share_denied,
    count(*) filter (outcome = 'approved' and was_extended) as approved_after_extension,
    avg(days::decimal(18, 9)) filter (is_decided) as mean_days, median(days) filter (is_decided) as median_days,
    count(*) filter (is_decided and is_in_time) as decided_in_time,
    count(*) filter (is_decided and is_in_time) / nullif(count(*) filter (is_decided or not is_in_time), 0) as share_in_time
from judged
group by urgency
order by urgency desc
