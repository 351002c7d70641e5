-- Indexes that no constraint brings along, by what they are whatever they are called.
select n.nspname as schema,
       c.relname as table_name,
       replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ') as statement,
       regexp_replace(replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON '), ' INDEX .*? ON ', ' INDEX ON ') as definition
  from pg_index i
  join pg_class c on c.oid = i.indrelid
  join pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p')
   and not c.relispartition
   and i.indisvalid
   and n.nspname not in ('pg_catalog', 'information_schema', 'understudy')
   and n.nspname !~ '^pg_(toast|temp)'
   and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
 order by 1, 2, 3
