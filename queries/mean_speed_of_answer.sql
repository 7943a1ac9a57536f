-- title: Mean speed of answer, from sums
-- question: How long did answered callers wait on average, where the phone system gives only sums?
-- owner: Contact centre
-- reviewed: 2026-11-30
-- param: since date = null    First local day; null for all
-- returns: month, site_id, queue, answered, mean_seconds
-- A phone system's interval report holds sums, from which no median comes. So the mean is a question here, with the calls it stands on,
-- and no metric: read the share answered in time beside it (acd_service_level). Sums are divided, averages are never averaged.
with months as (
    select
        date_trunc('month', day) as month, site_id, service_id as queue,
        sum(count) filter (metric = 'acd_answered') as answered,
        sum(count) filter (metric = 'acd_answer_wait_seconds') as waited
    from facts_tallies
    where metric in ('acd_answered', 'acd_answer_wait_seconds') and day >= coalesce($since, date '1900-01-01')
    group by all
)
select month, site_id, queue, answered, waited / answered as mean_seconds
from months
where answered > 0 and waited is not null
order by month, site_id, queue
