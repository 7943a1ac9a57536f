-- title: which tables the generation holds
-- returns: table_name
select table_name from information_schema.tables
order by table_name
