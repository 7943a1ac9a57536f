-- The file of every metric as the generation was computed by it.
select metric, toml from definitions order by metric
