-- source: nhs_ae
-- table: tallies
-- time_zone: Europe/London

-- NHS England A&E attendances by trust, department type and month. A breach is an attendance over four hours, so
-- those within are attendances less breaches. The file is not dated: the end of the month counted stands for when it was said.
with returns as (
    select
        cast(period as date) as month, org_code, 'type_' || type as service,
        cast(attendances as double) as attendances, cast(breaches as double) as breaches, cast(admissions as double) as admissions
    from read_csv($files, all_varchar = true)
),
counted as (
    select *, 'ae_within_4h' as metric, attendances - breaches as numerator from returns
    union all
    select *, 'ae_admitted', admissions from returns
)
select
    concat_ws(':', 'nhs_ae', metric, org_code, service, month) as tally_id,
    org_code as site_id,
    service as service_id,
    metric,
    cast(month as timestamp) as period_start,
    month + interval '1 month' as period_end,
    numerator,
    attendances as denominator,
    month + interval '1 month' as recorded_at
from counted
