-- The days on which somebody is there, at any site.
select distinct day from working_days where working order by day
