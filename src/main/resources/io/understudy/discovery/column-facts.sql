-- What is known of columns beside what the mirror needs: comments, and the type behind domains and arrays.
with recursive bases as (
       select oid, oid as base from pg_type where typtype <> 'd'
       union all
       select d.oid, b.base
         from bases b join pg_type d on d.typtype = 'd' and d.typbasetype = b.oid)
select n.nspname as schema,
       c.relname as table_name,
       a.attname as name,
       coalesce(e.typname, t.typname) as type,
       e.oid is not null as is_array,
       coalesce(e.typtype, t.typtype) = 'e' as enumeration,
       obj_description(c.oid, 'pg_class') as table_comment,
       col_description(c.oid, a.attnum) as comment
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  join bases b on b.oid = a.atttypid
  join pg_type t on t.oid = b.base
  left join bases eb on eb.oid = t.typelem and t.typcategory = 'A'
  left join pg_type e on e.oid = eb.base
 where c.relkind in ('r', 'p')
   and not c.relispartition
   and a.attnum > 0
   and not a.attisdropped
   and n.nspname not in ('pg_catalog', 'information_schema', 'understudy')
   and n.nspname !~ '^pg_(toast|temp)'
 order by 1, 2, a.attnum
