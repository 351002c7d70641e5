-- format_type with -1, not null, names the type without its length: null would give "character", which casts to one letter.
select n.nspname as schema,
       c.relname as table_name,
       a.attname as name,
       format_type(a.atttypid, a.atttypmod) as type,
       format_type(a.atttypid, -1) as cast_type,
       a.attnotnull as not_null,
       a.attgenerated <> '' as generated,
       a.attidentity = 'a' as identity_always,
       a.atthasdef or a.attidentity <> '' as has_default
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p', 'f')
   and not c.relispartition
   and c.relpersistence <> 't'
   and a.attnum > 0
   and not a.attisdropped
   and n.nspname not in ('pg_catalog', 'information_schema', 'understudy')
   and n.nspname !~ '^pg_(toast|temp)'
 order by 1, 2, a.attnum
