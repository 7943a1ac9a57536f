-- title: which days each site works, about the days that volume is judged of
-- params: since, until (date)
-- returns: site_id, day, working
select site_id, day, working
from working_days
where day between $since and $until
order by all
