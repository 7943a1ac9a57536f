-- title: Pressure on the waiting lists
-- question: Is a list too long for its target, and how much must be done a week to bring it there?
-- owner: Planned care
-- reviewed: 2026-11-24
-- param: weeks integer = 13           How many weeks back to count those who came and went
-- param: target_weeks integer = 18    The wait that nearly everybody should stay under
-- param: factor number = 4            How many times the average wait the target is; 4 keeps about 98 % inside it
-- param: relief_weeks integer = 26    In how many weeks the list should be as long as its target allows
-- returns: site_id, service_id, demand_per_week, capacity_per_week, load, waiting, mean_weeks_waited, pressure, target_list, relief_per_week, steady_per_week
-- note: NHSRwaitinglist's arithmetic. Load above 1: the list grows. Pressure above 1: the target is likely to be missed. A list of more than twice its target is too long to work down by the way. Relief is what to do each week until the list is at its target, steady what to do from then on; both take people to come and be seen at random. Capacity is what was done, not what could have been.
with pathways as (
    select f.site_id, f.service_id, clock_start_at, clock_stop_at, g.as_of
    from facts_referrals f, generation g
    where clock_start_at <= g.as_of and close_reason is distinct from 'did_not_attend'
), counted as (
    select
        site_id, service_id,
        count(*) filter (clock_start_at > as_of - $weeks::integer * interval 7 days) / $weeks::integer as demand_per_week,
        count(*) filter (clock_stop_at > as_of - $weeks::integer * interval 7 days and clock_stop_at <= as_of) / $weeks::integer
            as capacity_per_week,
        count(*) filter (clock_stop_at is null or clock_stop_at > as_of) as waiting,
        avg(epoch(as_of - clock_start_at) / 604800) filter (clock_stop_at is null or clock_stop_at > as_of) as mean_weeks_waited
    from pathways
    group by all
)
select
    site_id, service_id, demand_per_week, capacity_per_week,
    demand_per_week / nullif(capacity_per_week, 0) as load,
    waiting, mean_weeks_waited,
    2 * mean_weeks_waited / $target_weeks::integer as pressure,
    demand_per_week * $target_weeks::integer / $factor as target_list,
    demand_per_week + (waiting - target_list) / $relief_weeks::integer as relief_per_week,
    demand_per_week + $factor / 2 * 2 / $target_weeks::integer as steady_per_week  -- coming and being seen each vary by 1
from counted
order by pressure desc nulls last, site_id, service_id
