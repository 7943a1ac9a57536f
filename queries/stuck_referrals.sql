-- title: Stuck referrals
-- question: Which referrals are neither seen nor closed, and where did they stop?
-- owner: Referral office
-- reviewed: 2026-11-01
-- param: weeks integer = 6    At least this many weeks since it was sent
-- param: site text = null     One site; null for all
-- returns: site_id, service_id, stopped_at, referrals, oldest_days
select
    site_id, service_id,
    case when scheduled_at is not null then 'scheduled, not seen'
        when accepted_at is not null then 'accepted, not scheduled'
        when received_at is not null then 'received, not accepted'
        else 'sent, not received' end as stopped_at,
    count(*) as referrals,
    max(date_diff('day', sent_at, g.as_of)) as oldest_days
from facts_referrals, generation g
where seen_at is null and closed_at is null and sent_at <= g.as_of - to_weeks($weeks::integer)
  and ($site is null or site_id = $site)
group by all
order by referrals desc, site_id, service_id, stopped_at
