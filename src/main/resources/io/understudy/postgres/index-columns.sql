-- What complete indexes are made of, in order. Such as hold expressions are left out.
select n.nspname as schema,
       c.relname as table_name,
       array(select a.attname::text
               from unnest(i.indkey::int2[]) with ordinality as k(attnum, position)
               join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
              where k.position <= i.indnkeyatts
              order by k.position) as columns
  from pg_index i
  join pg_class c on c.oid = i.indrelid
  join pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p')
   and not c.relispartition
   and i.indisvalid
   and i.indpred is null
   and i.indexprs is null
   and n.nspname not in ('pg_catalog', 'information_schema', 'understudy')
   and n.nspname !~ '^pg_(toast|temp)'
