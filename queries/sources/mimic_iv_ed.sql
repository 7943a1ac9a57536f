-- source: mimic_iv_ed
-- files: stays = *edstays*
-- files: triage = *triage*
-- files: vitals = *vitalsign*
-- table: visits
-- time_zone: America/New_York

-- MIMIC-IV-ED (Beth Israel Deaconess, Boston): edstays, triage and vitalsign are needed together, other files are
-- not read. Dates are shifted into 2112-2201 for each patient; times of day and lengths are true. No clinician's time is
-- recorded, so the first vital sign inside the stay stands for first care; one charted before arrival or after
-- departure is no care in this stay. A patient who left without being seen had vital signs taken at most.
with stays as (
    select *, intime as arrived_at, outtime as departed_at
    from read_csv($stays, all_varchar = true)
),
triage as (
    select stay_id, acuity
    from read_csv($triage, all_varchar = true)
),
vitals as (
    select stay_id, try_cast(charttime as timestamp) as charted_at
    from read_csv($vitals, all_varchar = true)
),
first_care as (
    select stay_id, min(charted_at) as seen_at
    from stays join vitals using (stay_id)
    where charted_at between try_cast(arrived_at as timestamp) and try_cast(departed_at as timestamp)
    group by stay_id
)
select
    'mimic-' || stay_id as visit_id,
    subject_id as patient_id,
    'BIDMC' as site_id,
    'emergency' as service_id,
    lower(replace(arrival_transport, ' ', '_')) as arrival_mode,
    acuity,
    arrived_at,
    case when disposition <> 'LEFT WITHOUT BEING SEEN' then seen_at end as seen_at,
    departed_at,
    case disposition
        when 'HOME' then 'discharged'
        when 'ADMITTED' then 'admitted'
        when 'TRANSFER' then 'transferred'
        when 'LEFT WITHOUT BEING SEEN' then 'left_without_being_seen'
        when 'LEFT AGAINST MEDICAL ADVICE' then 'left_against_advice'
        when 'ELOPED' then 'eloped'
        when 'EXPIRED' then 'died'
        else 'other'
    end as disposition,
    departed_at as recorded_at
from stays
left join triage using (stay_id)
left join first_care using (stay_id)
