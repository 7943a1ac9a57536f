-- source: gp_appointments_workbook
-- table: tallies
-- time_zone: Europe/London

-- The workbook that NHS Digital publishes each month, as it is: tables 2a and 2d (England by day) give the same tallies,
-- under the same ids, as their CSV in gp_appointments. Table 3a repeats one month at five levels; only its lowest, the
-- CCGs, is read, and under a metric of its own, so that nothing counts twice. Row 13 of each sheet holds the column names
-- without the footnote digits of the row above.
with statuses as (
    select "Appointment_Date"[1:10] as date, "Total Count of Appointments" as total, "Attended" as attended, "DNA" as dna, "Unknown" as unknown
    from read_xlsx($files, sheet = 'Table 2a', range = 'A13:G')
    where try_cast("Appointment_Date"[1:10] as date) is not null
),
bookings as (
    select
        "Appointment_Date"[1:10] as date, "Total" as total, "Same Day" as same_day, "1 Day" as next_day, "2 to 7 Days" as to_7,
        "8  to 14 Days" as to_14, "15  to 21 Days" as to_21, "22  to 28 Days" as to_28, "More than 28 Days" as over_28,
        "Unknown / Data Issue" as unknown
    from read_xlsx($files, sheet = 'Table 2d', range = 'A13:L')
    where try_cast("Appointment_Date"[1:10] as date) is not null
),
areas as (
    select "NHS Area Code" as area, "Total" as total, "DNA" as dna
    from read_xlsx($files, sheet = 'Table 3a', range = 'A13:K')
    where "Type" = 'CCG'
),
month as (
    select cast(date_trunc('month', cast(min(date) as timestamp)) as timestamp) as first_day from statuses
),
days as (
    select date, 'gp_attended' as metric, attended as top, total as bottom from statuses
    union all select date, 'gp_unknown_status', unknown, total from statuses
    union all select date, 'gp_dna_of_all', dna, total from statuses
    union all select date, 'gp_dna_of_known', dna, cast(cast(attended as bigint) + cast(dna as bigint) as varchar) from statuses
    union all select date, 'gp_booked_same_day', same_day, total from bookings
    union all select date, 'gp_booked_1_day', next_day, total from bookings
    union all select date, 'gp_booked_2_to_7_days', to_7, total from bookings
    union all select date, 'gp_booked_8_to_14_days', to_14, total from bookings
    union all select date, 'gp_booked_15_to_21_days', to_21, total from bookings
    union all select date, 'gp_booked_22_to_28_days', to_28, total from bookings
    union all select date, 'gp_booked_over_28_days', over_28, total from bookings
    union all select date, 'gp_booked_unknown', unknown, total from bookings
),
counted as (
    select
        metric, 'ENG' as place, cast(date as timestamp) as period_start, cast(date as timestamp) + interval '1 day' as period_end, top, bottom
    from days
    union all
    select 'gp_dna_by_area', area, first_day, first_day + interval '1 month', dna, total from areas, month
)
select
    concat_ws(':', metric, place, cast(period_start as date)) as tally_id,
    place as site_id,
    'general_practice' as service_id,
    metric,
    period_start,
    period_end,
    cast(top as double) as numerator,
    cast(bottom as double) as denominator,
    date_trunc('month', period_start) + interval '1 month' as recorded_at
from counted
