-- source: hcahps
-- table: tallies
-- time_zone: UTC

-- CMS, HCAHPS results: boxes of each measure, national or by state, and each hospital's response rate; any of the three files. All
-- are percentages without counts ('300 or more' surveys is none), so they are kept as published and are in no figure. 'Not
-- Available' is no value and gives no row. A release covers the year that ended three quarters before it.
with columns_of_all as (
    select null as "Release Period", null as State, null as "Measure ID", null as "Bottom-box Percentage",
        null as "Middle-box Percentage", null as "Top-box Percentage", null as "Facility ID", null as "Response Rate (%)"
    where false
),
lines as (
    select *, strptime("Release Period", '%m_%Y') as released
    from (
        select * from columns_of_all
        union all by name
        select * from read_csv($files, all_varchar = true, union_by_name = true)
    )
),
stated as (
    select released, coalesce(State, 'US') as place, lower("Measure ID") || '_' || box as metric, percentage
    from (
        select released, State, "Measure ID", unnest([
            {'box': 'bottom', 'percentage': "Bottom-box Percentage"},
            {'box': 'middle', 'percentage': "Middle-box Percentage"},
            {'box': 'top', 'percentage': "Top-box Percentage"}
        ], recursive := true)
        from lines
        where "Measure ID" is not null
    )
    union all
    select released, "Facility ID", 'response_rate', "Response Rate (%)"
    from lines
    where "Facility ID" is not null
)
select
    concat_ws(':', 'hcahps', metric, place, cast(released as date)) as tally_id,
    place as site_id,
    'hcahps_' || metric as metric,
    released - interval '21 months' as period_start,
    released - interval '9 months' as period_end,
    'share' as published,
    try_cast(percentage as double) / 100 as published_value,
    released as recorded_at
from stated
where try_cast(percentage as double) is not null
