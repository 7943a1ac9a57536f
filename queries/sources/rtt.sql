-- source: rtt
-- table: tallies
-- time_zone: Europe/London

-- NHS England referral to treatment, completed non-admitted pathways: cases by whole weeks waited, for each provider and
-- treatment function. Rows C_999 are the sums of a provider's functions and are left out: added up with them, every pathway
-- would count twice. NHS providers and independent ones (sheet IS Provider) are two tallies, as NHS England publishes
-- them. Column w017 is over 17 and up to 18 weeks; w104plus is open. The file does not carry its month or its date of
-- publication: they stand here, to be changed with the file.
with release as (
    select timestamp '2025-09-01 00:00:00' as month, timestamp '2025-11-13 00:00:00' as published_at
),
pathways as (
    select * replace (case sheet when 'IS Provider' then '_independent' else '' end as sheet)
    from read_csv($files, all_varchar = true)
    where tfc <> 'C_999'
),
weeks as (
    select 'rtt_completed_non_admitted' || sheet as metric, provider_code, tfc, week, cast(cases as double) as cases
    from pathways unpivot (cases for week in (columns('^w[0-9]+')))
),
counted as (
    select
        metric, provider_code, tfc, cast(null as double) as numerator, cast(null as double) as denominator,
        cast(week[2:4] as double) as bin_lower, case when week[5:] = '' then cast(week[2:4] as double) + 1 end as bin_upper,
        cases as count, cast(null as varchar) as published, cast(null as double) as published_value
    from weeks
    where cases > 0
    union all
    select
        'rtt_unknown_clock_start' || sheet, provider_code, tfc, cast(unknown_clock_start as double), cast(completed_all as double),
        null, null, null, null, null
    from pathways
    where cast(completed_all as double) > 0
    union all
    -- NHS England's own quantiles, to be held against the bins (check TQ016); '-' where there were too few pathways
    select 'rtt_completed_non_admitted' || sheet, provider_code, tfc, null, null, null, null, null, 'median', try_cast(published_median_wk as double)
    from pathways
    where try_cast(published_median_wk as double) is not null
    union all
    select 'rtt_completed_non_admitted' || sheet, provider_code, tfc, null, null, null, null, null, 'p95', try_cast(published_p95_wk as double)
    from pathways
    where try_cast(published_p95_wk as double) is not null
)
select
    concat_ws(':', metric, provider_code, tfc, cast(month as date), coalesce(published, cast(cast(bin_lower as integer) as varchar))) as tally_id,
    provider_code as site_id,
    tfc as service_id,
    metric,
    month as period_start,
    month + interval '1 month' as period_end,
    numerator, denominator, bin_lower, bin_upper, count, published, published_value,
    published_at as recorded_at
from counted, release
