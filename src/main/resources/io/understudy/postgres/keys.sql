-- Unique indexes that can identify a row: valid, complete, made of plain columns, and immediate unless it is the primary key's.
select n.nspname as schema,
       c.relname as table_name,
       i.indisprimary as primary_key,
       i.indisreplident as replica_identity,
       i.indimmediate as immediate,
       array(select a.attname::text
               from unnest(i.indkey::int2[]) with ordinality as k(attnum, position)
               join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
              where k.position <= i.indnkeyatts
              order by k.position) as columns
  from pg_index i
  join pg_class c on c.oid = i.indrelid
  join pg_namespace n on n.oid = c.relnamespace
 where i.indisunique
   and (i.indimmediate or i.indisprimary)
   and i.indisvalid
   and i.indpred is null
   and i.indexprs is null
   and c.relkind in ('r', 'p')
   and not c.relispartition
   and n.nspname not in ('pg_catalog', 'information_schema', 'understudy')
   and n.nspname !~ '^pg_toast'
 order by 1, 2, i.indisprimary desc, i.indexrelid
