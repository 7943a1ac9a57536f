-- source: fhir_encounter
-- table: visits
-- time_zone: America/New_York

-- FHIR R4 Encounter resources, NDJSON; files of other resources may stand beside them. Every encounter that took place is a
-- visit, its class is the service, so that emergency, urgent care, ambulatory and inpatient are told apart; one that was cancelled or
-- entered in error counts nowhere. Instants carry their own offsets. A participant's start is when the clinician joined; some
-- exporters copy the encounter's start there, and the wait to be seen is then 0.
with resources as (
    select json from read_ndjson_objects($files)
),
encounters as (
    select
        json,
        json ->> '$.class.code' as class,
        json_extract_string(json, '$.type[*].coding[*].code') as types,
        ltrim(json ->> '$.hospitalization.dischargeDisposition.coding[0].code', '0') as disposition,
        json_extract_string(json, '$.participant[*].period.start') as joined
    from resources
    where json ->> '$.resourceType' = 'Encounter'
        and (
            json ->> '$.status' in ('arrived', 'triaged', 'in-progress', 'onleave', 'finished')
            -- one that was announced and never began has no start, and was no visit before either
            or json ->> '$.status' in ('cancelled', 'entered-in-error') and json ->> '$.period.start' is not null
        )
)
select
    'fhir:' || (json ->> '$.id') as visit_id,  -- as live resources have it: a server's ids are its own
    regexp_extract(json ->> '$.subject.reference', '[^/|:]+$') as patient_id,
    regexp_extract(json ->> '$.location[0].location.reference', '[^/|]+$') as site_id,
    case
        when list_contains(types, '702927004') then 'urgent_care'  -- SNOMED CT: urgent care clinic
        when class = 'EMER' then 'emergency'
        when class = 'AMB' then 'ambulatory'
        when class = 'VR' then 'virtual'
        when class = 'HH' then 'home_health'
        when class in ('IMP', 'ACUTE', 'NONAC') then 'inpatient'
        when class in ('OBSENC', 'SS') then 'observation'
        else lower(class)
    end as service_id,
    json ->> '$.period.start' as arrived_at,
    list_min(list_transform(joined, lambda start: try_cast(start as timestamptz))) as seen_at,
    json ->> '$.period.end' as departed_at,
    -- HL7's discharge-disposition codes, and NUBC's (1 home, 7 left against advice, 20 died)
    case
        when disposition in ('home', 'alt-home', '1') then 'discharged'
        when disposition in ('other-hcf', 'hosp', 'long', 'psy', 'rehab', 'snf') then 'transferred'
        when disposition in ('aadvice', '7') then 'left_against_advice'
        when disposition in ('exp', '20') then 'died'
        when disposition is not null then 'other'
    end as disposition,
    class in ('OBSENC', 'SS') as observation_stay,
    case when json ->> '$.status' in ('cancelled', 'entered-in-error') then true end as entered_in_error,
    coalesce(json ->> '$.meta.lastUpdated', json ->> '$.period.end', json ->> '$.period.start') as recorded_at
from encounters

-- table: patients
-- time_zone: America/New_York

-- Patient resources, where their file is given too. Without a stamp of its own, a patient was said to be so at the end of the
-- newest encounter read with them. Age is the age then, or at death.
with resources as (
    select json from read_ndjson_objects($files)
),
newest as (
    select max(try_cast(json ->> '$.period.end' as timestamptz)) as ended_at from resources where json ->> '$.resourceType' = 'Encounter'
),
people as (
    select
        json,
        timezone('UTC', coalesce(try_cast(json ->> '$.meta.lastUpdated' as timestamptz), ended_at)) as said_at,
        try_cast(json ->> '$.birthDate' as date) as born_on,
        timezone('UTC', try_cast(json ->> '$.deceasedDateTime' as timestamptz)) as died_at
    from resources, newest
    where json ->> '$.resourceType' = 'Patient'
),
aged as (
    select *, date_sub('year', born_on, cast(least(said_at, died_at) as date)) as age from people
)
select
    json ->> '$.id' as patient_id,
    case
        when age < 18 then '0-17' when age < 35 then '18-34' when age < 50 then '35-49' when age < 65 then '50-64'
        when age < 80 then '65-79' when age >= 80 then '80+'
    end as age_band,
    left(json ->> '$.communication[0].language.coding[0].code', 2) as language,
    json ->> '$.deceasedDateTime' is not null or coalesce(json ->> '$.deceasedBoolean' = 'true', false) as deceased,
    timezone('UTC', said_at) as recorded_at
from aged
