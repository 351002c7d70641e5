-- The columns of the index itself, and those that its expressions and its condition read.
select n.nspname as schema,
       c.relname as table_name,
       array(select a.attname::text
               from pg_attribute a
              where a.attrelid = i.indrelid
                and (a.attnum = any (i.indkey)
                     or exists (select from pg_depend d
                                 where d.classid = 'pg_class'::regclass
                                   and d.objid = i.indexrelid
                                   and d.refclassid = 'pg_class'::regclass
                                   and d.refobjid = i.indrelid
                                   and d.refobjsubid = a.attnum))
                and a.attnum > 0) as columns,
       -- Not a column before Postgres 15.
       not coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) as nulls_differ
  from pg_index i
  join pg_class c on c.oid = i.indrelid
  join pg_namespace n on n.oid = c.relnamespace
 where i.indisunique
   and not c.relispartition
   and c.relkind in ('r', 'p')
   and n.nspname not in ('pg_catalog', 'information_schema', 'understudy')
   and n.nspname !~ '^pg_'
 order by 1, 2, 3
