-- source: smart_scheduling
-- table: slots
-- time_zone: site

-- SMART Scheduling Links (https://github.com/smart-on-fhir/smart-scheduling-links): the manifest ($bulk-publish) with the NDJSON files
-- of Locations, Schedules and Slots that it names, given together. The manifest's transactionTime is the census at which all slots were
-- seen. A slot of a capacity of a few is so many slots. One that stands for a session (a capacity above 20, or six hours and longer) is
-- coarse: which is the third next appointment cannot be known from it, so it is rejected, and its status says why.
with resources as (
    select json from read_json_objects($files, format = 'auto')
),
census as (
    select max(try_cast(json ->> '$.transactionTime' as timestamptz)) as looked_at
    from resources
    where json ->> '$.output' is not null
),
schedules as (
    select
        json ->> '$.id' as schedule_id,
        list_transform(json_extract_string(json, '$.actor[*].reference'), lambda ref: string_split(ref, '/')) as actors,
        coalesce(json ->> '$.serviceType[0].coding[0].code', json ->> '$.serviceType[0].text') as service_id
    from resources
    where json ->> '$.resourceType' = 'Schedule'
),
slots as (
    select
        json ->> '$.id' as id,
        regexp_extract(json ->> '$.schedule.reference', '[^/|]+$') as schedule_id,
        json ->> '$.status' as status,
        coalesce(json ->> '$.appointmentType.coding[0].code', json ->> '$.appointmentType.text') as visit_type,
        coalesce(json ->> '$.serviceType[0].coding[0].code', json ->> '$.serviceType[0].text') as own_service,
        json ->> '$.start' as start_at,
        json ->> '$.end' as end_at,
        date_diff('minute', try_cast(json ->> '$.start' as timestamptz), try_cast(json ->> '$.end' as timestamptz)) as minutes,
        coalesce(try_cast(list_filter(
            from_json((json -> '$.extension'), '[{"url": "varchar", "valueInteger": "bigint"}]'), lambda one: one.url like '%/slot-capacity'
        )[1].valueInteger as bigint), 1) as capacity
    from resources
    where json ->> '$.resourceType' = 'Slot'
),
places as (
    select
        *,
        list_filter(actors, lambda ref: ref[-2] = 'Location')[1][-1] as site_id,
        list_filter(actors, lambda ref: ref[-2] in ('Practitioner', 'PractitionerRole'))[1][-1] as provider_id,
        capacity > 20 or minutes >= 360 as coarse  -- no clinician sees more than a few at once; six hours are a session
    from slots
    left join schedules using (schedule_id)
)
select
    id || case when nth = 1 then '' else '-' || nth end as slot_id,
    site_id,
    coalesce(own_service, service_id) as service_id,
    provider_id,
    visit_type,
    start_at,
    end_at,
    case
        when coarse then 'coarse: capacity ' || capacity || ', ' || minutes || ' minutes'
        when status in ('free', 'busy') then status
        when status = 'busy-tentative' then 'busy'
        when status = 'busy-unavailable' then 'held'
        else status
    end as status,
    looked_at as snapshot_at,
    looked_at as recorded_at
from places, census, unnest(range(1, 1 + case when coarse then 1 else greatest(capacity, 1) end)) as copies (nth)
where status is distinct from 'entered-in-error'
