-- title: Complaints per 1,000 visits
-- question: How many complaints come in for each 1,000 visits, by month?
-- owner: Patient relations
-- reviewed: 2026-11-24
-- param: months integer = 12    How many whole months back
-- param: site text = null    One site; null for all together
-- returns: month, complaints, visits, per_1000_visits
-- note: Visits are appointments that took place and emergency attendances. A complaint counts in the month it came in, which is seldom that of the visit. Few complaints jump about: judge the year, or a control chart for rare counts.
with counted as (
    select date_trunc('month', day)::date as month, 1 as complaints, 0 as visits
    from facts_cases, generation g
    where kind = 'complaint' and opened_at <= g.as_of and ($site is null or site_id = $site)
    union all
    select date_trunc('month', day)::date, 0, 1
    from facts_appointments, generation g
    where status = 'fulfilled' and scheduled_start <= g.as_of and ($site is null or site_id = $site)
    union all
    select date_trunc('month', day)::date, 0, 1
    from facts_visits, generation g
    where arrived_at <= g.as_of and ($site is null or site_id = $site)
)
select month, sum(complaints)::bigint as complaints, sum(visits)::bigint as visits,
    1000 * sum(complaints) / nullif(sum(visits), 0) as per_1000_visits
from counted, generation g
where month >= date_trunc('month', g.as_of)::date - to_months($months::integer) and month < date_trunc('month', g.as_of)::date
group by month
order by month
