-- The yardstick: what an analyst who knows DuckDB would write to make Timely's facts and observations without Timely.
-- One pass over the events of a table for its facts, one for all of its counts (the day's and, by stratum, the month's, in
-- one set of grouping sets), one sort of each group's waits for all of its quantiles and their intervals.
--
-- Given:  variables as_of (timestamp) and one list of Parquet files for each event table (appointments, visits, ...);
--         tables sites, opening_hours, working_days (made from the home's calendars, as in a generation).
-- Makes:  facts_<table>, observations, wait_bins.

set preserve_insertion_order = false;
set timezone = 'UTC';

create macro local_day(instant, zone) as timezone(zone, timezone('UTC', instant))::date;
create macro seconds_between(start, stop) as (epoch_us(stop) - epoch_us(start)) // 1000000;
create macro ending(stop, gave_up) as case when stop is not null then 'done' when gave_up is not null then 'left' else 'open' end;
-- open time before an instant, in microseconds, from the opening hours found for it
create macro open_time(hours, instant) as
    coalesce(hours.seconds_before * 1000000 + epoch_us(least(instant, hours.closes_at)) - epoch_us(hours.opens_at), 0);

create table patients as select * from read_parquet(getvariable('patients'));

-- ---------------------------------------------------------------------------------------------------------------- facts

create table facts_appointments as
with events as (
    select * replace (coalesce(service_id, 'unassigned') as service_id)
    from read_parquet(getvariable('appointments'), hive_partitioning = false)
),
attended as (
    select distinct patient_key, scheduled_start from events where status = 'fulfilled' and patient_key is not null
),
following as (
    select *, lead(scheduled_start) over (partition by patient_key order by scheduled_start) as next_visit_at from attended
),
clocked as (
    select
        events.*,
        local_day(scheduled_start, time_zone) as day,
        local_day(booked_at, time_zone) as booked_day,
        if(status = 'fulfilled', next_visit_at, null) as next_visit_at,
        if(
            coalesce(modality, 'in_person') = 'in_person' and status <> 'entered-in-error'
                and (roomed_at is not null or seen_at is null), arrived_at, null
        ) as checkin_start,
        coalesce(roomed_at, ended_at, getvariable('as_of')) as checkin_stop,
        if(coalesce(modality, 'in_person') = 'in_person' and status <> 'entered-in-error', roomed_at, null) as room_start,
        coalesce(seen_at, ended_at, getvariable('as_of')) as room_stop,
        not coalesce(walk_in, false) and status not in ('cancelled', 'entered-in-error', 'proposed', 'waitlist')
            and scheduled_start >= booked_at as has_lead
    from events
    left join following using (patient_key, scheduled_start)
    left join sites using (site_id)
)
select
    * exclude (checkin_start, checkin_stop, room_start, room_stop, has_lead),
    if(checkin_stop >= checkin_start, seconds_between(checkin_start, checkin_stop), null) as checkin_to_room_wait,
    if(checkin_stop >= checkin_start, ending(roomed_at, ended_at), null) as checkin_to_room_end,
    if(has_lead, date_diff('day', booked_day, day), null) as lead_time_wait,
    if(has_lead, 'done', null) as lead_time_end,
    if(room_stop >= room_start, seconds_between(room_start, room_stop), null) as room_to_provider_wait,
    if(room_stop >= room_start, ending(seen_at, ended_at), null) as room_to_provider_end
from clocked;

create table facts_visits as
with clocked as (
    select
        events.* replace (coalesce(service_id, 'unassigned') as service_id),
        local_day(arrived_at, time_zone) as day,
        coalesce(disposition, '') <> 'dead_on_arrival' as counted,
        counted and (seen_at is not null or coalesce(disposition, '') not in ('discharged', 'admitted', 'transferred')) as counted_at_door,
        coalesce(seen_at, departed_at, getvariable('as_of')) as seen_or_left,
        coalesce(departed_at, getvariable('as_of')) as left_or_now
    from read_parquet(getvariable('visits'), hive_partitioning = false) as events
    left join sites using (site_id)
)
select
    * exclude (counted, counted_at_door, seen_or_left, left_or_now),
    if(counted_at_door and seen_or_left >= arrived_at, seconds_between(arrived_at, seen_or_left), null) as door_to_provider_wait,
    if(counted_at_door and seen_or_left >= arrived_at, ending(seen_at, departed_at), null) as door_to_provider_end,
    if(counted and left_or_now >= arrived_at, seconds_between(arrived_at, left_or_now), null) as ed_length_of_stay_wait,
    if(counted and left_or_now >= arrived_at, ending(departed_at, null), null) as ed_length_of_stay_end
from clocked;

create table facts_contacts as
with clocked as (
    select
        events.* replace (coalesce(service_id, 'unassigned') as service_id),
        local_day(opened_at, time_zone) as day,
        if(channel = 'phone', queued_at, null) as rang_at,
        coalesce(abandoned_at, callback_requested_at, resolved_at) as gave_up_at,
        coalesce(answered_at, gave_up_at, getvariable('as_of')) as picked_up_at,
        if(channel = 'portal' and coalesce(reply_needed, true), opened_at, null) as written_at,
        coalesce(answered_at, resolved_at, getvariable('as_of')) as replied_at
    from read_parquet(getvariable('contacts'), hive_partitioning = false) as events
    left join sites using (site_id)
),
-- only messages need the calendar
messages as (
    select contact_id, (open_time(at_end, replied_at) - open_time(at_start, written_at)) // 1000000 as open_seconds
    from (select contact_id, site_id, written_at, replied_at from clocked where replied_at >= written_at) as cases
    asof left join opening_hours as at_start on at_start.site_id = cases.site_id and at_start.opens_at <= written_at
    asof left join opening_hours as at_end on at_end.site_id = cases.site_id and at_end.opens_at <= replied_at
)
select
    clocked.* exclude (rang_at, gave_up_at, picked_up_at, written_at, replied_at),
    open_seconds as portal_response_time_wait,
    if(open_seconds is not null, ending(answered_at, resolved_at), null) as portal_response_time_end,
    if(picked_up_at >= rang_at, seconds_between(rang_at, picked_up_at), null) as speed_of_answer_wait,
    if(picked_up_at >= rang_at, ending(answered_at, gave_up_at), null) as speed_of_answer_end
from clocked
left join messages using (contact_id);

create table facts_cases as
with clocked as (
    select
        events.* replace (coalesce(service_id, 'unassigned') as service_id),
        local_day(opened_at, time_zone) as day,
        coalesce(acknowledged_at, resolved_at) as told_at,
        if(reopened_at >= resolved_at, null, resolved_at) as answered_at,
        local_day(coalesce(told_at, getvariable('as_of')), time_zone) as told_day,
        local_day(coalesce(answered_at, getvariable('as_of')), time_zone) as answered_day,
        kind = 'complaint' and coalesce(told_at, getvariable('as_of')) >= opened_at as counts_told,
        kind = 'complaint' and coalesce(answered_at, getvariable('as_of')) >= opened_at as counts_answered
    from read_parquet(getvariable('cases'), hive_partitioning = false) as events
    left join sites using (site_id)
),
-- working days up to and with each day
working_days_to as (select site_id, day, days_before + working::bigint as days from working_days)
select
    clocked.* exclude (told_at, answered_at, told_day, answered_day, counts_told, counts_answered),
    if(counts_told, told.days - opened.days, null) as complaint_acknowledgement_time_wait,
    if(counts_told, ending(told_at, null), null) as complaint_acknowledgement_time_end,
    if(counts_answered, answered.days - opened.days, null) as complaint_resolution_time_wait,
    if(counts_answered, ending(answered_at, null), null) as complaint_resolution_time_end
from clocked
left join working_days_to as opened on opened.site_id = clocked.site_id and opened.day = clocked.day
left join working_days_to as told on told.site_id = clocked.site_id and told.day = told_day
left join working_days_to as answered on answered.site_id = clocked.site_id and answered.day = answered_day;

create table facts_referrals as
select events.* replace (coalesce(service_id, 'unassigned') as service_id), local_day(sent_at, time_zone) as day
from read_parquet(getvariable('referrals'), hive_partitioning = false) as events left join sites using (site_id);

create table facts_slots as
select events.* replace (coalesce(service_id, 'unassigned') as service_id), local_day(snapshot_at, time_zone) as day
from read_parquet(getvariable('slots'), hive_partitioning = false) as events left join sites using (site_id);

create table facts_surveys as
select events.* replace (coalesce(service_id, 'unassigned') as service_id), local_day(sent_at, time_zone) as day
from read_parquet(getvariable('surveys'), hive_partitioning = false) as events left join sites using (site_id);

-- --------------------------------------------------------------------------------------------------------------- counts
-- For each table one pass: numerator, denominator, completed and still open of each metric, by place and day, and by place,
-- month and stratum. A total over sites or services is added up from these below.

create macro timed_in(ending, wait, target) as count(*) filter (where ending = 'done' and wait <= target);
create macro timed_of(ending, wait, target) as count(*) filter (where ending = 'done' or wait > target);

create temp view begun_appointments as
select
    facts.*, date_trunc('month', day)::date as month,
    coalesce(age_band, 'unknown') as age_band, coalesce(language, 'unknown') as language,
    coalesce(interpreter::varchar, 'unknown') as interpreter, coalesce(deprivation, 'unknown') as deprivation,
    coalesce(payer, 'unknown') as payer,
    not coalesce(walk_in, false) as booked,
    status in ('arrived', 'checked-in', 'fulfilled', 'noshow') as due,
    status in ('booked', 'pending') as undecided,
    booked and status not in ('entered-in-error', 'proposed', 'waitlist') and (status <> 'cancelled' or cancelled_at is not null)
        and booked_at <= scheduled_start - interval '24 hours'
        and (status <> 'cancelled' or cancelled_at > scheduled_start - interval '24 hours') as standing,
    status = 'fulfilled' and patient_key is not null as attended,
    scheduled_start > getvariable('as_of') - interval '90 days' as recent,
    status in ('arrived', 'checked-in', 'fulfilled') and modality is not null as met
from facts_appointments as facts
left join patients using (patient_key)
where scheduled_start <= getvariable('as_of');

create temp view begun_visits as
select
    facts.*, date_trunc('month', day)::date as month,
    coalesce(age_band, 'unknown') as age_band, coalesce(language, 'unknown') as language,
    coalesce(interpreter::varchar, 'unknown') as interpreter, coalesce(deprivation, 'unknown') as deprivation,
    coalesce(payer, 'unknown') as payer,
    coalesce(disposition, '') <> 'dead_on_arrival' as alive,
    departed_at is not null or disposition is not null as decided
from facts_visits as facts
left join patients using (patient_key)
where arrived_at <= getvariable('as_of');

create temp view begun_contacts as
select
    facts.*, date_trunc('month', day)::date as month,
    coalesce(age_band, 'unknown') as age_band, coalesce(language, 'unknown') as language,
    coalesce(interpreter::varchar, 'unknown') as interpreter, coalesce(deprivation, 'unknown') as deprivation,
    coalesce(payer, 'unknown') as payer,
    channel = 'phone' and queued_at is not null as queued,
    queued and answered_at is null and abandoned_at is null and callback_requested_at is null and resolved_at is null as waiting,
    queued and not waiting and (answered_at is not null or abandoned_at > queued_at + interval '5 seconds') as offered
from facts_contacts as facts
left join patients using (patient_key)
where opened_at <= getvariable('as_of');

create temp view begun_cases as
select
    facts.*, date_trunc('month', day)::date as month,
    coalesce(age_band, 'unknown') as age_band, coalesce(language, 'unknown') as language,
    coalesce(interpreter::varchar, 'unknown') as interpreter, coalesce(deprivation, 'unknown') as deprivation,
    coalesce(payer, 'unknown') as payer
from facts_cases as facts
left join patients using (patient_key)
where opened_at <= getvariable('as_of');

create temp table appointment_counts as
select
    day, month, site_id, service_id, age_band, language, interpreter, deprivation, payer,
    timed_in(checkin_to_room_end, checkin_to_room_wait, 1800) as checkin_num,
    timed_of(checkin_to_room_end, checkin_to_room_wait, 1800) as checkin_den,
    count(*) filter (where checkin_to_room_end = 'done') as checkin_done,
    count(*) filter (where checkin_to_room_end = 'open') as checkin_open,
    timed_in(lead_time_end, lead_time_wait, 14) as lead_num,
    timed_of(lead_time_end, lead_time_wait, 14) as lead_den,
    count(*) filter (where lead_time_end = 'done') as lead_done,
    0 as lead_open,
    timed_in(room_to_provider_end, room_to_provider_wait, 900) as room_num,
    timed_of(room_to_provider_end, room_to_provider_wait, 900) as room_den,
    count(*) filter (where room_to_provider_end = 'done') as room_done,
    count(*) filter (where room_to_provider_end = 'open') as room_open,
    count(*) filter (where booked and status = 'noshow') as noshow_num,
    count(*) filter (where booked and due) as noshow_den,
    count(*) filter (where booked and undecided) as noshow_open,
    count(*) filter (where standing and status = 'cancelled' and cancelled_by = 'patient') as late_num,
    count(*) filter (where standing) as late_den,
    0 as late_open,
    count(*) filter (where booked and due and booked_day = day) as sameday_num,
    count(*) filter (where booked and due and booked_at is not null) as sameday_den,
    count(*) filter (where booked and undecided and booked_at is not null) as sameday_open,
    count(*) filter (where met and modality in ('video', 'phone')) as virtual_num,
    count(*) filter (where met) as virtual_den,
    0 as virtual_open,
    count(*) filter (where attended and not recent and next_visit_at <= scheduled_start + interval '90 days') as return_num,
    count(*) filter (where attended and not recent) as return_den,
    count(*) filter (where attended and recent) as return_open
from begun_appointments
group by grouping sets (
    (site_id, service_id, day), (site_id, service_id, month, age_band), (site_id, service_id, month, language),
    (site_id, service_id, month, interpreter), (site_id, service_id, month, deprivation), (site_id, service_id, month, payer)
);

create temp table visit_counts as
select
    day, month, site_id, service_id, age_band, language, interpreter, deprivation, payer,
    timed_in(door_to_provider_end, door_to_provider_wait, 3600) as door_num,
    timed_of(door_to_provider_end, door_to_provider_wait, 3600) as door_den,
    count(*) filter (where door_to_provider_end = 'done') as door_done,
    count(*) filter (where door_to_provider_end = 'open') as door_open,
    timed_in(ed_length_of_stay_end, ed_length_of_stay_wait, 14400) as stay_num,
    timed_of(ed_length_of_stay_end, ed_length_of_stay_wait, 14400) as stay_den,
    count(*) filter (where ed_length_of_stay_end = 'done') as stay_done,
    count(*) filter (where ed_length_of_stay_end = 'open') as stay_open,
    count(*) filter (
        where alive and decided and (
            disposition in ('left_before_triage', 'left_without_being_seen')
            or (disposition = 'left_against_advice' and seen_at is null)
        )
    ) as unseen_num,
    count(*) filter (where alive and decided) as unseen_den,
    count(*) filter (where alive and not decided) as unseen_open
from begun_visits
group by grouping sets (
    (site_id, service_id, day), (site_id, service_id, month, age_band), (site_id, service_id, month, language),
    (site_id, service_id, month, interpreter), (site_id, service_id, month, deprivation), (site_id, service_id, month, payer)
);

create temp table contact_counts as
select
    day, month, site_id, service_id, age_band, language, interpreter, deprivation, payer,
    timed_in(portal_response_time_end, portal_response_time_wait, 86400) as portal_num,
    timed_of(portal_response_time_end, portal_response_time_wait, 86400) as portal_den,
    count(*) filter (where portal_response_time_end = 'done') as portal_done,
    count(*) filter (where portal_response_time_end = 'open') as portal_open,
    timed_in(speed_of_answer_end, speed_of_answer_wait, 30) as speed_num,
    timed_of(speed_of_answer_end, speed_of_answer_wait, 30) as speed_den,
    count(*) filter (where speed_of_answer_end = 'done') as speed_done,
    count(*) filter (where speed_of_answer_end = 'open') as speed_open,
    count(*) filter (where offered and answered_at is null) as lost_num,
    count(*) filter (where offered and answered_at <= queued_at + interval '30 seconds') as level_num,
    count(*) filter (where offered) as offered_den,
    count(*) filter (where waiting) as offered_open
from begun_contacts
group by grouping sets (
    (site_id, service_id, day), (site_id, service_id, month, age_band), (site_id, service_id, month, language),
    (site_id, service_id, month, interpreter), (site_id, service_id, month, deprivation), (site_id, service_id, month, payer)
);

create temp table case_counts as
select
    day, month, site_id, service_id, age_band, language, interpreter, deprivation, payer,
    timed_in(complaint_acknowledgement_time_end, complaint_acknowledgement_time_wait, 3) as told_num,
    timed_of(complaint_acknowledgement_time_end, complaint_acknowledgement_time_wait, 3) as told_den,
    count(*) filter (where complaint_acknowledgement_time_end = 'done') as told_done,
    count(*) filter (where complaint_acknowledgement_time_end = 'open') as told_open,
    timed_in(complaint_resolution_time_end, complaint_resolution_time_wait, 20) as answered_num,
    timed_of(complaint_resolution_time_end, complaint_resolution_time_wait, 20) as answered_den,
    count(*) filter (where complaint_resolution_time_end = 'done') as answered_done,
    count(*) filter (where complaint_resolution_time_end = 'open') as answered_open
from begun_cases
group by grouping sets (
    (site_id, service_id, day), (site_id, service_id, month, age_band), (site_id, service_id, month, language),
    (site_id, service_id, month, interpreter), (site_id, service_id, month, deprivation), (site_id, service_id, month, payer)
);

create temp table counts as
with counted as (
    unpivot appointment_counts on
        (checkin_num, checkin_den, checkin_done, checkin_open) as checkin_to_room,
        (lead_num, lead_den, lead_done, lead_open) as lead_time,
        (room_num, room_den, room_done, room_open) as room_to_provider,
        (noshow_num, noshow_den, noshow_den, noshow_open) as no_show_rate,
        (late_num, late_den, late_den, late_open) as late_cancellation_rate,
        (sameday_num, sameday_den, sameday_den, sameday_open) as same_day_share,
        (virtual_num, virtual_den, virtual_den, virtual_open) as virtual_visit_share,
        (return_num, return_den, return_den, return_open) as return_rate_90d
    into name metric value numerator, denominator, completed, still_open
    union all by name
    unpivot visit_counts on
        (door_num, door_den, door_done, door_open) as door_to_provider,
        (stay_num, stay_den, stay_done, stay_open) as ed_length_of_stay,
        (unseen_num, unseen_den, unseen_den, unseen_open) as left_without_being_seen
    into name metric value numerator, denominator, completed, still_open
    union all by name
    unpivot contact_counts on
        (portal_num, portal_den, portal_done, portal_open) as portal_response_time,
        (speed_num, speed_den, speed_done, speed_open) as speed_of_answer,
        (lost_num, offered_den, offered_den, offered_open) as abandonment_rate,
        (level_num, offered_den, offered_den, offered_open) as service_level
    into name metric value numerator, denominator, completed, still_open
    union all by name
    unpivot case_counts on
        (told_num, told_den, told_done, told_open) as complaint_acknowledgement_time,
        (answered_num, answered_den, answered_done, answered_open) as complaint_resolution_time
    into name metric value numerator, denominator, completed, still_open
)
select
    metric, day, month, site_id, service_id,
    case
        when age_band is not null then 'age_band=' || age_band
        when language is not null then 'language=' || language
        when interpreter is not null then 'interpreter=' || interpreter
        when deprivation is not null then 'deprivation=' || deprivation
        when payer is not null then 'payer=' || payer
    end as stratum,
    numerator, denominator, completed, still_open
from counted
where denominator > 0 or completed > 0 or still_open > 0;

create temp table rolled as
with periods as (
    select 'day' as grain, day as period_start, counts.* exclude (day, month) from counts where stratum is null
    union all by name
    select 'week' as grain, date_trunc('week', day)::date as period_start, counts.* exclude (day, month) from counts where stratum is null
    union all by name
    select 'month' as grain, date_trunc('month', day)::date as period_start, counts.* exclude (day, month) from counts where stratum is null
    union all by name
    select 'quarter' as grain, date_trunc('quarter', day)::date as period_start, counts.* exclude (day, month) from counts where stratum is null
    union all by name
    select 'year' as grain, date_trunc('year', day)::date as period_start, counts.* exclude (day, month) from counts where stratum is null
    union all by name
    select 'month' as grain, month as period_start, counts.* exclude (day, month) from counts where stratum is not null
)
select
    metric, grain, period_start, stratum, site_id, service_id,
    sum(numerator)::bigint as numerator, sum(denominator)::bigint as denominator, sum(completed)::bigint as completed,
    sum(still_open)::bigint as still_open
from periods
group by grouping sets (
    (metric, grain, period_start, stratum, site_id, service_id), (metric, grain, period_start, stratum, site_id),
    (metric, grain, period_start, stratum, service_id), (metric, grain, period_start, stratum)
);

-- ---------------------------------------------------------------------------------------------------------------- waits
-- Each finished case once. The waits of a group are sorted once; every quantile and both ends of its interval are read off.

create temp view finished as
select 'checkin_to_room' as metric, checkin_to_room_wait as wait, * from begun_appointments where checkin_to_room_end = 'done'
union all by name select 'lead_time' as metric, lead_time_wait as wait, * from begun_appointments where lead_time_end = 'done'
union all by name
select 'room_to_provider' as metric, room_to_provider_wait as wait, * from begun_appointments where room_to_provider_end = 'done'
union all by name select 'door_to_provider' as metric, door_to_provider_wait as wait, * from begun_visits where door_to_provider_end = 'done'
union all by name
select 'ed_length_of_stay' as metric, ed_length_of_stay_wait as wait, * from begun_visits where ed_length_of_stay_end = 'done'
union all by name
select 'portal_response_time' as metric, portal_response_time_wait as wait, * from begun_contacts where portal_response_time_end = 'done'
union all by name select 'speed_of_answer' as metric, speed_of_answer_wait as wait, * from begun_contacts where speed_of_answer_end = 'done'
union all by name
select 'complaint_acknowledgement_time' as metric, complaint_acknowledgement_time_wait as wait, *
from begun_cases where complaint_acknowledgement_time_end = 'done'
union all by name
select 'complaint_resolution_time' as metric, complaint_resolution_time_wait as wait, *
from begun_cases where complaint_resolution_time_end = 'done';

create type duration as enum (
    'checkin_to_room', 'lead_time', 'room_to_provider', 'door_to_provider', 'ed_length_of_stay', 'portal_response_time',
    'speed_of_answer', 'complaint_acknowledgement_time', 'complaint_resolution_time'
);

create temp table waits as
select
    metric::duration as metric, site_id, service_id, day,
    wait::integer as wait -- 68 years of seconds
from finished;

create macro sorted_waits(period) as table
    select metric, period as grain, period_start, site_id, service_id, list_sort(list(wait)) as waits
    from (select *, date_trunc(period, day)::date as period_start from waits)
    group by metric, period_start, cube (site_id, service_id);

create temp table quantiles (
    metric varchar, grain varchar, period_start date, site_id varchar, service_id varchar, statistic varchar,
    value double, lower double, upper double
);

create macro read_off(sorted) as table
    with asked as (
        select *, len(waits) as n, 1.959963984540054 * sqrt(n * q * (1 - q)) as off, (n - 1) * q as place,
            waits[floor(place)::bigint + 1] as below, waits[ceil(place)::bigint + 1] as above
        from query_table(sorted)
        cross join (values ('median', 0.5::double), ('p90', 0.9), ('p95', 0.95)) as statistics (statistic, q)
        where statistic <> 'p95' or metric = 'ed_length_of_stay'
    )
    select
        metric::varchar as metric, grain, period_start, site_id, service_id, statistic,
        below + (above - below) * (place - floor(place)) as value,
        case when floor(n * q - off) >= 1 then waits[floor(n * q - off)::bigint] end as lower,
        case when ceil(n * q + off) + 1 <= n then waits[ceil(n * q + off)::bigint + 1] end as upper
    from asked;

create temp view waits_by_day as from sorted_waits('day');
insert into quantiles from read_off('waits_by_day');
create temp view waits_by_week as from sorted_waits('week');
insert into quantiles from read_off('waits_by_week');
create temp view waits_by_month as from sorted_waits('month');
insert into quantiles from read_off('waits_by_month');
create temp view waits_by_quarter as from sorted_waits('quarter');
insert into quantiles from read_off('waits_by_quarter');
create temp view waits_by_year as from sorted_waits('year');
insert into quantiles from read_off('waits_by_year');
create table wait_bins as
with timed as (
    select
        metric::varchar as metric, site_id, service_id, day,
        if(metric in ('lead_time', 'complaint_acknowledgement_time', 'complaint_resolution_time'), wait::bigint * 86400, wait) as seconds
    from waits
)
select
    metric, site_id, service_id, day,
    (case
        when seconds <= 86400 then (seconds + 59) // 60
        when seconds <= 25 * 86400 then (seconds + 3599) // 3600 * 60
        else (seconds + 86399) // 86400 * 1440
    end)::integer as bin,
    count(*) as n
from timed
group by all;

-- --------------------------------------------------------------------------------------------------------- observations

create temp table catalogue as
select * from (values
    ('abandonment_rate', ['share'], 1, interval '24 hours'), ('checkin_to_room', ['median', 'p90', 'within'], 60, interval '24 hours'),
    ('complaint_acknowledgement_time', ['median', 'p90', 'within'], 1, interval '7 days'),
    ('complaint_resolution_time', ['median', 'p90', 'within'], 1, interval '42 days'),
    ('door_to_provider', ['median', 'p90', 'within'], 60, interval '24 hours'),
    ('ed_length_of_stay', ['median', 'p90', 'p95', 'within'], 60, interval '24 hours'),
    ('late_cancellation_rate', ['share'], 1, interval '72 hours'), ('lead_time', ['median', 'p90', 'within'], 1, interval '72 hours'),
    ('left_without_being_seen', ['share'], 1, interval '24 hours'), ('no_show_rate', ['share'], 1, interval '72 hours'),
    ('portal_response_time', ['median', 'p90', 'within'], 3600, interval '7 days'),
    ('return_rate_90d', ['share'], 1, interval '90 days'), ('room_to_provider', ['median', 'p90', 'within'], 60, interval '24 hours'),
    ('same_day_share', ['share'], 1, interval '72 hours'), ('service_level', ['share'], 1, interval '24 hours'),
    ('speed_of_answer', ['median', 'p90', 'within'], 1, interval '24 hours'), ('virtual_visit_share', ['share'], 1, interval '72 hours')
) as metrics (metric, reported, unit, matures);

create table observations as
with asked as (
    select rolled.*, unnest(reported) as statistic, unit, matures from rolled join catalogue using (metric)
),
stored as (
    from asked where stratum is null or statistic in ('share', 'within')
),
figures as (
    select
        *, statistic in ('share', 'within') as ratio, numerator / nullif(denominator, 0) as share,
        1.959963984540054 ^ 2 / nullif(denominator, 0) as zz, sqrt(zz * (share * (1 - share) + zz / 4)) as spread,
        case grain
            when 'day' then period_start
            when 'week' then period_start + 6
            when 'month' then last_day(period_start)
            when 'quarter' then (period_start + interval '3 months')::date - 1
            else (period_start + interval '1 year')::date - 1
        end as period_end
    from stored
)
select
    figures.metric, figures.statistic, figures.grain, figures.period_start, period_end, figures.site_id, figures.service_id,
    figures.stratum,
    if(ratio, numerator, null)::double as numerator, if(ratio, denominator, null)::double as denominator,
    if(ratio, share, value / unit) as value, if(ratio, denominator, completed) as n,
    case when not ratio then lower / unit when denominator > 0 then greatest(0, (share + zz / 2 - spread) / (1 + zz)) end as lower,
    case when not ratio then upper / unit when denominator > 0 then least(1, (share + zz / 2 + spread) / (1 + zz)) end as upper,
    still_open, period_end + interval '1 day' + matures <= getvariable('as_of') as mature, getvariable('as_of') as as_of
from figures
left join quantiles as found
    on found.metric = figures.metric and found.statistic = figures.statistic and found.grain = figures.grain
    and found.period_start = figures.period_start and found.site_id is not distinct from figures.site_id
    and found.service_id is not distinct from figures.service_id
where still_open > 0 or if(ratio, denominator, completed) > 0;
