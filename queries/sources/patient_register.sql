-- source: patient_register
-- table: patients
-- time_zone: UTC
-- The register's strata of each patient: no name, no date of birth, no address leaves it.
select
    HOSP_NO as patient_id,
    case
        when cast(AGE_YEARS as integer) < 18 then '0-17'
        when cast(AGE_YEARS as integer) < 35 then '18-34'
        when cast(AGE_YEARS as integer) < 50 then '35-49'
        when cast(AGE_YEARS as integer) < 65 then '50-64'
        when cast(AGE_YEARS as integer) < 80 then '65-79'
        else '80+'
    end as age_band,
    LANG as language,
    INTERP_YN = 'Y' as interpreter,
    IMD_QUINTILE as deprivation,
    PAYER_CD as payer,
    DECEASED_YN = 'Y' as deceased,
    cast(UPDATED_UTC as timestamp) as recorded_at
from read_csv($files, all_varchar = true)
