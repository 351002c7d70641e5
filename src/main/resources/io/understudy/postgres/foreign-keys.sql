select k.conname as name,
       tn.nspname as schema,
       t.relname as table_name,
       array(select a.attname::text
               from unnest(k.conkey) with ordinality as c(attnum, position)
               join pg_attribute a on a.attrelid = k.conrelid and a.attnum = c.attnum
              order by c.position) as columns,
       rn.nspname as referenced_schema,
       r.relname as referenced_table,
       array(select a.attname::text
               from unnest(k.confkey) with ordinality as c(attnum, position)
               join pg_attribute a on a.attrelid = k.confrelid and a.attnum = c.attnum
              order by c.position) as referenced_columns,
       k.convalidated as validated
  from pg_constraint k
  join pg_class t on t.oid = k.conrelid
  join pg_namespace tn on tn.oid = t.relnamespace
  join pg_class r on r.oid = k.confrelid
  join pg_namespace rn on rn.oid = r.relnamespace
 where k.contype = 'f'
   and k.conparentid = 0
   and not t.relispartition
   and tn.nspname not in ('pg_catalog', 'information_schema', 'understudy')
 order by 2, 3, 1
