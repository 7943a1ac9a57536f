-- source: gp_appointments
-- table: tallies
-- time_zone: Europe/London

-- NHS Digital, appointments in general practice, England: tables 2a (by day and status) and 2d (by day and time from booking
-- to appointment), as CSV; either or both. `unknown` is the status in 2a and the booking date in 2d. Published by month,
-- so the end of the month stands for when it was said.
with columns_of_both as (
    select null as date, null as total, null as attended, null as dna, null as unknown, null as same_day, null as "1_day", null as "2_7",
        null as "8_14", null as "15_21", null as "22_28", null as "28plus"
    where false
),
days as (
    select * from columns_of_both
    union all by name
    select * from read_csv($files, all_varchar = true, union_by_name = true)
),
counted as (
    select date, 'gp_attended' as metric, attended as top, total as bottom from days where attended is not null
    union all select date, 'gp_unknown_status', unknown, total from days where attended is not null
    union all select date, 'gp_dna_of_all', dna, total from days where attended is not null
    union all select date, 'gp_dna_of_known', dna, cast(cast(attended as bigint) + cast(dna as bigint) as varchar)
        from days where attended is not null
    union all select date, 'gp_booked_same_day', same_day, total from days where same_day is not null
    union all select date, 'gp_booked_1_day', "1_day", total from days where same_day is not null
    union all select date, 'gp_booked_2_to_7_days', "2_7", total from days where same_day is not null
    union all select date, 'gp_booked_8_to_14_days', "8_14", total from days where same_day is not null
    union all select date, 'gp_booked_15_to_21_days', "15_21", total from days where same_day is not null
    union all select date, 'gp_booked_22_to_28_days', "22_28", total from days where same_day is not null
    union all select date, 'gp_booked_over_28_days', "28plus", total from days where same_day is not null
    union all select date, 'gp_booked_unknown', unknown, total from days where same_day is not null
)
select
    concat_ws(':', metric, 'ENG', date) as tally_id,
    'ENG' as site_id,
    'general_practice' as service_id,
    metric,
    cast(date as timestamp) as period_start,
    cast(date as timestamp) + interval '1 day' as period_end,
    cast(top as double) as numerator,
    cast(bottom as double) as denominator,
    date_trunc('month', cast(date as timestamp)) + interval '1 month' as recorded_at
from counted
