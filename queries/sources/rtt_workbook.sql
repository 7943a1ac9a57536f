-- source: rtt_workbook
-- table: tallies
-- time_zone: Europe/London

-- The workbook NHS England publishes each month (completed non-admitted pathways, by provider), as it is: sheets Provider
-- (the NHS) and IS Provider. The month and the date of publication are read off the sheet. It gives the same tallies, under
-- the same ids, as its CSV in rtt. Rows C_999 sum a provider's treatment functions and are left out. Column '>17-18' is
-- over 17 and up to 18 weeks; '104 plus' is open.
with cover as (
    select "__UNNAMED__0" as label, "__UNNAMED__1" as words
    from read_xlsx($files, sheet = 'Provider', range = 'B5:C8', header = false)
),
release as (
    select
        min(try_strptime('1 ' || words, '%-d %B %Y')) filter (label = 'Period:') as month,
        min(try_strptime(regexp_replace(words, '^([0-9]+)[a-z]+', '\1'), '%-d %B %Y')) filter (label = 'Published:') as published_at
    from cover
    where label in ('Period:', 'Published:')
),
pathways as (
    select '' as sector, * from read_xlsx($files, sheet = 'Provider', range = 'B14:DN')
    union all by name
    select '_independent' as sector, * from read_xlsx($files, sheet = 'IS Provider', range = 'B14:DN')
),
weeks as (
    select 'rtt_completed_non_admitted' || sector as metric, "Provider Code" as provider, "Treatment Function Code" as tfc, week,
        cast(cases as double) as cases
    from pathways unpivot (cases for week in (columns('^>[0-9]+-[0-9]+$|^104 plus$')))
),
counted as (
    select
        metric, provider, tfc, cast(null as double) as numerator, cast(null as double) as denominator,
        cast(regexp_extract(week, '[0-9]+') as double) as bin_lower,
        case when starts_with(week, '>') then cast(regexp_extract(week, '[0-9]+') as double) + 1 end as bin_upper,
        cases as count
    from weeks
    where cases > 0
    union all
    select
        'rtt_unknown_clock_start' || sector, "Provider Code", "Treatment Function Code",
        cast("Patients with unknown clock start date" as double), cast("Total number of completed pathways (all)" as double), null, null, null
    from pathways
    where try_cast("Total number of completed pathways (all)" as double) > 0
)
select
    concat_ws(':', metric, provider, tfc, cast(month as date), cast(bin_lower as integer)) as tally_id,
    provider as site_id,
    tfc as service_id,
    metric,
    month as period_start,
    month + interval '1 month' as period_end,
    numerator, denominator, bin_lower, bin_upper, count,
    published_at as recorded_at
from counted, release
where tfc <> 'C_999'
