-- title: First-contact resolution
-- question: How many contacts were not followed by another of the same patient about the same matter?
-- owner: Contact centre
-- reviewed: 2026-11-24
-- param: days integer = 7    How long a repeat is looked for (3, 7 and 14 are in use)
-- param: since date = null    First local day; null for 90 days
-- returns: channel, contacts, resolved, share_resolved
-- note: A repeat by any channel counts. The newest days are left out: their repeats have not come yet. Contacts without a patient or a topic cannot be matched and are not counted. Surveys and agents' own marks give other figures.
with asked as (
    select channel, day, opened_at,
        min(opened_at) over (
            partition by patient_key, topic order by opened_at
            range between interval 1 microsecond following and unbounded following) as next_at
    from facts_contacts, generation g
    where patient_key is not null and topic is not null and opened_at <= g.as_of
)
select channel, count(*) as contacts,
    count(*) filter (next_at is null or next_at > opened_at + to_days($days::integer)) as resolved,
    resolved / contacts as share_resolved
from asked, generation g
where opened_at <= g.as_of - to_days($days::integer) and day >= coalesce($since, g.as_of::date - 90)
group by channel
order by channel
