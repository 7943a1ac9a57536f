-- Every table and view of the generation, so that one made by an earlier program is told from one without rows.
select table_name from information_schema.tables where table_schema = 'main' order by table_name
