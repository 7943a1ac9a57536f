-- title: What patients say
-- question: What do patients answer, and how many of those asked answer at all?
-- owner: Patient relations
-- reviewed: 2026-11-20
-- param: since date = null    First local day; null for the last 12 weeks
-- param: site text = null     One site; null for all
-- returns: site_id, instrument, item, sent, answered, share_answered, mean_share_of_scale
-- note: Scores are put on the item's own scale, 0 its lowest and 1 its highest. Few answers say little of those who gave none.
select
    site_id, instrument, item,
    count(*) as sent,
    count(responded_at) as answered,
    answered / sent as share_answered,
    avg(((score - score_min) / nullif(score_max - score_min, 0))::decimal(18, 12)) as mean_share_of_scale
from facts_surveys, generation g
where sent_at <= g.as_of and day >= coalesce($since, g.as_of::date - 83)  -- 84 days are 12 weeks
  and ($site is null or site_id = $site)
group by all
order by mean_share_of_scale nulls last, site_id, instrument, item
