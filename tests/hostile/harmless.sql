select 1
from sites
table sites
values (1, 'a'), (2, 'b')
select count(*) from observations
select * from facts_visits where site_id = 'CEN' limit 5
select site_id, median(door_to_provider_wait) from facts_visits group by all order by all
select quantile_cont(door_to_provider_wait, [0.5, 0.9]) from facts_visits
select quantile_disc(door_to_provider_wait, 0.9) filter (door_to_provider_end = 'done') from facts_visits
select mode(site_id), arg_max(visit_id, arrived_at), approx_quantile(door_to_provider_wait, 0.5) from facts_visits
select percentile_cont(0.5) within group (order by door_to_provider_wait) from facts_visits
select date_trunc('week', arrived_at) as week, count(*) from facts_visits group by all order by week
select date_diff('minute', arrived_at, departed_at), arrived_at + interval 3 hours from facts_visits
select extract(isodow from arrived_at), dayname(arrived_at), hour(arrived_at) from facts_visits
select arrived_at at time zone 'UTC' at time zone 'Europe/London' from facts_visits
select strftime(arrived_at, '%Y-%m'), strptime('2026-03-02', '%Y-%m-%d') from facts_visits
select age(arrived_at), last_day(arrived_at), make_date(2026, 3, 2), now(), today(), current_date from facts_visits
with done as (select * from facts_visits where door_to_provider_end = 'done') select count(*) from done
with a as materialized (select 1 as x), b as not materialized (select x + 1 as y from a) select * from a, b
with recursive r as (select 1 as i union all select i + 1 from r where i < 5) select * from r
select *, row_number() over (partition by site_id order by arrived_at) as k from facts_visits
select visit_id, lag(arrived_at) over w, lead(arrived_at) over w from facts_visits window w as (order by arrived_at)
select avg(n) over (order by period_start range between interval 28 days preceding and current row) from observations
select ntile(4) over (order by arrived_at), percent_rank() over (order by arrived_at), cume_dist() over (order by 1) from facts_visits
select first_value(visit_id) over (order by arrived_at), sum(1) over (rows unbounded preceding) from facts_visits
select * from facts_visits qualify row_number() over (partition by site_id order by arrived_at desc) = 1
select distinct on (site_id) site_id, visit_id from facts_visits order by site_id, arrived_at
select v.visit_id, o.opens_at from facts_visits v asof left join opening_hours o on v.site_id = o.site_id and v.arrived_at >= o.opens_at
select * from sites left join targets using (site_id)
select * from sites s full join targets t on s.site_id = t.site_id
select * from facts_visits semi join sites using (site_id)
select * from facts_visits anti join sites using (site_id)
select * from sites positional join definitions
select * from sites s, lateral (select s.name || '!' as loud) x
select * from facts_visits natural join sites limit 1
select site_id, service_id, count(*), grouping(site_id) from facts_visits group by grouping sets ((site_id), (service_id), ())
select site_id, service_id, count(*) from facts_visits group by cube (site_id, service_id)
select site_id, count(*) from facts_visits group by rollup (site_id) having count(*) > 1
select * exclude (toml, card) replace (upper(title) as title) from definitions
select columns('^(lower|upper)$') from observations
select count(columns(*)) from sites
select * from observations unpivot (figure for kind in (numerator, denominator))
unpivot (select metric, n, still_open from observations) on n, still_open into name kind value cases
select site_id, sum(n) filter (statistic = 'share') as shares, sum(n) filter (statistic = 'median') as medians from observations group by 1
select case when value > 0.5 then 'high' when value is null then 'none' else 'low' end from observations
select coalesce(site_id, 'all'), nullif(n, 0), if(n > 3, 'many', 'few'), greatest(1, n), least(1, n) from observations
select metric ilike '%wait%', regexp_matches(metric, '^door'), metric like 'd%', metric similar to 'door.*' from definitions
select split_part(metric, '_', 1), replace(metric, '_', ' '), upper(title), length(question), trim(title) from definitions
select metric in ('a', 'b'), metric not in (select metric from targets), exists (from targets) from definitions
select list(metric order by position), string_agg(metric, ', '), array_agg(distinct family), histogram(kind) from definitions
select list_transform([1, 2, 3], lambda x: x + 1), [x * 2 for x in [1, 2] if x > 1], list_sort([3, 1]), [1, 2, 3][1:2]
select {'a': 1, 'b': [2]}.b[1], map {'k': 1}['k'], struct_pack(a := 1), row(1, 2), unnest([1, 2])
select json_extract_string(card, '$[0]'), card ->> '$[0]', json_valid(card), json_array_length(card) from definitions
select try_cast('x' as integer), '5'::integer, cast(1.5 as decimal(9, 2)), 7 // 2, 7 % 2, 2 ** 3, 1 is distinct from null
select corr(n, value), regr_slope(value, n), stddev(value), var_pop(value), skewness(value), bool_or(mature) from observations
select * from range(5) union all from generate_series(1, 3) union by name select 1 as range
(select site_id from sites) intersect (select site_id from facts_visits) except select 'NRT'
select * from facts_visits using sample 10 rows
select * from facts_visits tablesample 10%
select * from definitions order by position desc nulls last limit 3 offset 1
select * from observations limit 10%
show tables
show all tables
describe observations
describe select count(*) from facts_visits
summarize facts_visits
summarize select value from observations
explain select * from observations where metric = 'x'
explain analyze select count(*) from facts_visits
from duckdb_columns() select table_name, column_name where schema_name = 'main'
select table_name from information_schema.tables where table_schema = 'main'
from pragma_table_info('sites')
select rpad(metric, 40, '.'), lpad('7', 3, '0'), repeat('█', least(n, 50)::integer) from observations join definitions using (metric)
select printf('%05.1f', value), format('{:.2f} of {}', value, n), bar(value, 0, 1, 20) from observations
select ';' as stop, '--' as dashes, '/*' as open, 'drop table sites' as words
select "name" as "drop", name as "the site's name" from sites -- a comment; with a stop
/* what follows is /* nested */ and harmless */ select 1
select 'naïve £5 – “ok” 東京 🙂' as text
select 1;
from facts_visits select visit_id where seen_at is null order by all
select site_id, count(*) from facts_visits group by site_id order by count(*) desc
select count(distinct visit_id) from facts_visits
select approx_count_distinct(visit_id) from facts_visits
select site_id, avg(door_to_provider_wait) from facts_visits group by all having avg(door_to_provider_wait) > 1
select min(arrived_at), max(arrived_at) from facts_visits
select sum(door_to_provider_wait)::bigint from facts_visits
select any_value(site_id), first(visit_id), last(visit_id) from facts_visits
select bool_and(mature), bit_or(n) from observations
select count_if(disposition = 'died') from facts_visits
select mad(door_to_provider_wait), kurtosis(door_to_provider_wait), entropy(site_id) from facts_visits
select arg_min(visit_id, arrived_at, 3), max(visit_id, 2) from facts_visits
select favg(value), fsum(value), product(1 + n / 1e9) from observations
select covar_pop(n, value), covar_samp(n, value), regr_intercept(value, n), regr_r2(value, n) from observations
select median(value) filter (grain = 'day') from observations
select string_agg(distinct grain, ',' order by grain) from observations
select list(distinct grain) from observations
select date_part('week', arrived_at), date_part(['year', 'month'], arrived_at) from facts_visits limit 3
select year(arrived_at), quarter(arrived_at), month(arrived_at), week(arrived_at), day(arrived_at) from facts_visits limit 3
select isodow(arrived_at), weekday(arrived_at), dayofyear(arrived_at), minute(arrived_at) from facts_visits limit 3
select monthname(arrived_at), epoch(arrived_at), epoch_ms(arrived_at) from facts_visits limit 3
select time_bucket(interval '15 minutes', arrived_at) as quarter, count(*) from facts_visits group by all
select date_sub('hour', arrived_at, departed_at), datediff('day', arrived_at, departed_at) from facts_visits
select to_days(3), to_hours(4), to_minutes(5), interval '1 day 2 hours'
select date '2026-03-29' + 1, timestamp '2026-03-29 01:30:00' - interval 1 day, time '10:00'
select cast(arrived_at as date) as day, count(*) from facts_visits group by 1 order by 1
select arrived_at::date between date '2026-03-01' and date '2026-03-31' from facts_visits limit 3
select abs(-1), ceil(1.2), floor(1.8), round(2.5), sign(-3), trunc(1.9), sqrt(4), ln(2), log10(100), exp(1), power(2, 3)
select pi(), sin(1), cos(1), atan2(1, 2), degrees(1), radians(180), cbrt(27), gcd(4, 6), lcm(4, 6)
select 5 & 3, 5 | 3, ~5, 1 << 4, xor(5, 3), bit_count(7)
select isnan(value), isfinite(value), coalesce(value, 0.0) from observations limit 3
select concat('a', 'b'), concat_ws('-', 'a', 'b'), 'a' || 'b', left('abc', 2), right('abc', 2), substring('abc', 2, 1)
select reverse('abc'), position('b' in 'abc'), strpos('abc', 'c'), contains('abc', 'b'), starts_with('abc', 'a'), ends_with('abc', 'c')
select regexp_replace('a1b2', '[0-9]', '', 'g'), regexp_extract('a1', '([a-z])([0-9])', 2), regexp_extract_all('a1b2', '[0-9]')
select string_split('a,b', ','), str_split_regex('a1b', '[0-9]'), array_to_string(['a', 'b'], '-')
select ltrim('  a'), rtrim('a  '), ascii('a'), chr(65), unicode('é'), strip_accents('é')
select levenshtein('abc', 'abd'), jaccard('abc', 'abd'), jaro_winkler_similarity('ann', 'anna'), hamming('abc', 'abd')
select md5('a'), sha256('a'), hash('a'), base64(encode('a'))
select list_sum([1, 2]), list_avg([1, 2]), list_max([1, 2]), list_min([1, 2]), list_median([1, 2, 3])
select list_filter([1, 2, 3], lambda x: x > 1), list_reduce([1, 2, 3], lambda a, b: a + b)
select list_distinct([1, 1]), list_unique([1, 1]), list_contains([1], 1), list_position([1, 2], 2), list_concat([1], [2])
select list_zip([1, 2], ['a', 'b']), list_slice([1, 2, 3], 1, 2), list_reverse([1, 2]), flatten([[1], [2]])
select list_aggregate([1, 2, 3], 'sum'), list_sort([2, 1], 'desc'), len([1, 2]), [1, 2, 3][-1]
select map_keys(map {'a': 1}), map_values(map {'a': 1}), cardinality(map {'a': 1}), element_at(map {'a': 1}, 'a')
select struct_extract({'a': 1}, 'a'), {'a': 1}.a, struct_insert({'a': 1}, b := 2)
select json_extract('{"a": [1]}', '$.a[0]'), '{"a": 1}'::json -> 'a', json_keys('{"a": 1}'), json_type('[1]')
select to_json({'a': 1}), json_object('a', 1), json_array(1, 2), json_merge_patch('{"a": 1}', '{"b": 2}')
select * from json_each('{"a": 1}')
select key, value from definitions, json_each(card) limit 5
select * from unnest([1, 2, 3]) t(x)
select unnest({'a': 1, 'b': 2})
select unnest([{'a': 1}], recursive := true)
select * from generate_series(date '2026-03-01', date '2026-03-05', interval 1 day) t(day)
select rank() over (order by n), dense_rank() over (order by n) from observations
select sum(n) over (partition by metric order by period_start rows between 6 preceding and current row) from observations
select avg(value) over (partition by metric order by period_start rows between 3 preceding and 3 following) from observations
select value - lag(value, 1, value) over (order by period_start) from observations where grain = 'day'
select last_value(value) over (order by period_start rows between unbounded preceding and unbounded following) from observations
select nth_value(value, 2) over (order by period_start) from observations
select sum(n) over (order by period_start groups between 1 preceding and current row) from observations
select lag(value ignore nulls) over (order by period_start) from observations
select median(value) over (partition by metric) from observations
select count(*) filter (value > 0.1) over (partition by metric) from observations
select metric, period_start, value from observations qualify row_number() over (partition by metric order by period_start desc) <= 2
select * from (select site_id, row_number() over (order by arrived_at) as k from facts_visits) where k <= 3
select v.visit_id from facts_visits v where v.arrived_at = (select max(w.arrived_at) from facts_visits w where w.site_id = v.site_id)
select * from sites s where exists (select 1 from facts_visits v where v.site_id = s.site_id)
select * from sites where site_id not in (select site_id from facts_cases where site_id is not null)
select * from sites where site_id = any (select site_id from facts_visits)
select * from sites where (site_id, name) in (select site_id, name from sites)
select (select count(*) from facts_visits v where v.site_id = s.site_id) as visits from sites s
select * from sites a cross join sites b
select a.site_id from sites a join sites b on a.site_id < b.site_id or a.site_id = b.site_id
select * from sites a right join targets t on t.site_id = a.site_id
select * from facts_visits v left join lateral (select count(*) as k from sites s where s.site_id = v.site_id) on true limit 3
select v.visit_id, d.working from facts_visits v asof join working_days d on v.site_id = d.site_id and v.arrived_at >= d.starts_at
select site_id from sites union select site_id from facts_visits order by 1
select site_id from sites union all by name select name, site_id from sites
select site_id from facts_visits except all select site_id from sites
select site_id from facts_visits intersect all select site_id from sites
with a(x) as (values (1), (2)), b as (select x * 2 as y from a) select sum(y) from b
with recursive days(d) as (select date '2026-03-02' union all select d + 1 from days where d < date '2026-03-09') select d from days
with recursive f(n, a, b) as (select 1, 0, 1 union all select n + 1, b, a + b from f where n < 20) select max(a) from f
with recursive tree as (select 1 as id, [1] as path union all select id + 1, path || [id + 1] from tree where id < 4) select * from tree
select metric, grain, count(*), grouping(metric, grain) from observations group by grouping sets ((metric, grain), (metric), ())
select coalesce(site_id, 'all'), count(*) from facts_visits group by rollup (site_id)
select grain, statistic, sum(n) from observations group by cube (grain, statistic) order by all
select metric, max(value) filter (grain = 'day') as day, max(value) filter (grain = 'week') as week from observations group by metric
select site_id, count(case when disposition = 'died' then 1 end) as died from facts_visits group by site_id
select sum(case when door_to_provider_wait <= 60 then 1 else 0 end) / count(*) as share from facts_visits
select histogram(door_to_provider_wait) from facts_visits
select width_bucket, count(*) from (select door_to_provider_wait // 10 as width_bucket from facts_visits) group by 1 order by 1
select quantile_cont(door_to_provider_wait, 0.9) - median(door_to_provider_wait) from facts_visits
select reservoir_quantile(door_to_provider_wait, 0.5) is not null from facts_visits
select * from facts_visits using sample 5 percent (bernoulli)
select * from facts_visits using sample reservoir(5 rows) repeatable (42)
select * from facts_visits tablesample bernoulli(10%)
select * from facts_visits order by random() limit 3
select * from facts_visits limit 3 offset 2
select * from facts_visits order by arrived_at desc nulls first limit 2
select * exclude (recorded_at, source) from facts_visits limit 1
select * rename (visit_id as id) from facts_visits limit 1
select min(columns('_at$')) from facts_visits
select v.* from facts_visits v limit 1
select #1, #2 from sites
select visit_id as id, id || '!' as loud from facts_visits limit 2
from facts_visits select site_id, count(*) group by all
from sites where region is null
select not true, true and false, null is null, 1 <> 2, 1 != 2, null is not distinct from null
select 1 between 0 and 2, 3 not between 0 and 2, 'a' not like 'b%', 'A' ilike 'a', 'abc' ~ 'b', 'abc' !~ 'x', 'abc' glob 'a*'
select try(1 / 0), try_cast('1.5' as double), cast('2026-03-29' as date), '[1, 2]'::integer[]
select $$it's quoted$$ as text, e'a\tb' as tab, 'it''s'
select 'select 1; drop table sites' as text
select "observations"."value" from "observations" limit 1
select timely.main.sites.name from timely.main.sites
select name from main.sites
show tables from timely.main
describe sites
describe (select 1 as one)
summarize sites
explain select count(*) from facts_visits
explain analyze select count(*) from sites
select table_name, column_name, data_type from information_schema.columns where table_schema = 'main'
select function_name from duckdb_functions() limit 3
select * from duckdb_types() limit 1
select 'a'[1], 'abc'[2:3], [1, 2, 3][2:]
select enum_range(null::enum('a', 'b'))
select generate_subscripts([4, 5], 1)
select bar(n, 0, 100, 10), format('{:,}', n), to_base(10, 2), hex('a'), bin(5) from observations limit 2
