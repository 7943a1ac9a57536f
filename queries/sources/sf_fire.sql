-- source: sf_fire
-- table: cases
-- time_zone: America/Los_Angeles

-- San Francisco Fire Department calls for service: one row in the file is one unit's response. One case here is one
-- CALL: received, first unit on scene (acknowledged), last unit free again (resolved). A call that ended with nobody on
-- scene was resolved unacknowledged. Times are local without offset; one that cannot be read stays as it is, for the rejects
-- to show. A call's rows must be read together, in one ingest.
with units as (
    select
        "Call Number" as call_number, "Battalion" as battalion, "Call Type Group" as call_group, "Final Priority" as priority,
        "Call Final Disposition" as disposition,
        coalesce(strftime(try_strptime("Received DtTm", '%m/%d/%Y %I:%M:%S %p'), '%Y-%m-%d %H:%M:%S'), "Received DtTm") as received_at,
        coalesce(strftime(try_strptime("On Scene DtTm", '%m/%d/%Y %I:%M:%S %p'), '%Y-%m-%d %H:%M:%S'), "On Scene DtTm") as on_scene_at,
        coalesce(strftime(try_strptime("Available DtTm", '%m/%d/%Y %I:%M:%S %p'), '%Y-%m-%d %H:%M:%S'), "Available DtTm") as available_at,
        coalesce(strftime(try_strptime("Dispatch DtTm", '%m/%d/%Y %I:%M:%S %p'), '%Y-%m-%d %H:%M:%S'), "Dispatch DtTm") as dispatched_at
    from read_csv($files, all_varchar = true)
)
select
    'sffd-' || call_number as case_id,
    'SFFD-' || min(battalion) as site_id,
    lower(regexp_replace(min(call_group), '[^A-Za-z]+', '_', 'g')) as service_id,
    'emergency_call' as kind,
    case min(priority) when '3' then 'emergency' when '2' then 'urgent' end as urgency,  -- the department's 3 is lights and siren
    min(received_at) as opened_at,
    min(on_scene_at) as acknowledged_at,
    max(available_at) as resolved_at,
    min(disposition) as outcome,
    max(greatest(received_at, dispatched_at, on_scene_at, available_at)) as recorded_at
from units
group by call_number

-- table: contacts
-- time_zone: America/Los_Angeles

-- The same file by UNIT: one conversation is one crew sent to the caller, from the call to its arrival. A crew that
-- never arrived has no answer; it was free again at resolved_at.
with units as (
    select
        *,
        coalesce(strftime(try_strptime("Received DtTm", '%m/%d/%Y %I:%M:%S %p'), '%Y-%m-%d %H:%M:%S'), "Received DtTm") as received_at,
        coalesce(strftime(try_strptime("Entry DtTm", '%m/%d/%Y %I:%M:%S %p'), '%Y-%m-%d %H:%M:%S'), "Entry DtTm") as entered_at,
        coalesce(strftime(try_strptime("Dispatch DtTm", '%m/%d/%Y %I:%M:%S %p'), '%Y-%m-%d %H:%M:%S'), "Dispatch DtTm") as dispatched_at,
        coalesce(strftime(try_strptime("On Scene DtTm", '%m/%d/%Y %I:%M:%S %p'), '%Y-%m-%d %H:%M:%S'), "On Scene DtTm") as on_scene_at,
        coalesce(strftime(try_strptime("Available DtTm", '%m/%d/%Y %I:%M:%S %p'), '%Y-%m-%d %H:%M:%S'), "Available DtTm") as available_at
    from read_csv($files, all_varchar = true)
)
select
    'sffd-' || "RowID" as contact_id,
    'SFFD-' || "Battalion" as site_id,
    lower(regexp_replace("Call Type Group", '[^A-Za-z]+', '_', 'g')) as service_id,
    'in_person' as channel,
    lower("Unit Type") as queue_id,
    'emergency_unit_response' as topic,
    received_at as opened_at,
    entered_at as queued_at,
    on_scene_at as answered_at,
    available_at as resolved_at,
    "Unit ID" as handled_by,
    greatest(received_at, entered_at, dispatched_at, on_scene_at, available_at) as recorded_at
from units
