-- format_type with -1, not null, names the type without its length: null would give "character", which casts to one letter.
-- The equality of an extension's type lives in the extension's schema, which is not on our search path.
with recursive types as (
       select oid, oid as base from pg_type where typtype <> 'd'
       union all
       select d.oid, t.base from types t join pg_type d on d.typtype = 'd' and d.typbasetype = t.oid),
     equality as (
       select t.oid as type, s.nspname as schema
         from types t
         join pg_opclass k on k.opcintype = t.base and k.opcdefault
         join pg_am m on m.oid = k.opcmethod and m.amname = 'btree'
         join pg_amop o on o.amopfamily = k.opcfamily and o.amopstrategy = 3
                       and o.amoplefttype = k.opcintype and o.amoprighttype = k.opcintype
         join pg_operator p on p.oid = o.amopopr
         join pg_namespace s on s.oid = p.oprnamespace)
select n.nspname as schema,
       c.relname as table_name,
       a.attname as name,
       format_type(a.atttypid, a.atttypmod) as type,
       format_type(a.atttypid, -1) as cast_type,
       a.attnotnull as not_null,
       a.attgenerated <> '' as generated,
       a.attgenerated = 'v' as virtual,
       a.attidentity = 'a' as identity_always,
       a.atthasdef or a.attidentity <> '' as has_default,
       coalesce(e.schema, 'pg_catalog') as equality_schema,
       a.attnum as number,
       a.atttypid::bigint as type_oid,
       a.atttypmod as type_modifier,
       case when m.typtype = 'e' then format_type(m.oid, -1) end as enumeration
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  left join equality e on e.type = a.atttypid
  -- An enumeration also behind a domain or in an array.
  left join types t on t.oid = a.atttypid
  left join pg_type b on b.oid = t.base
  left join pg_type m on m.oid = case when b.typcategory = 'A' then b.typelem else b.oid end
 where c.relkind in ('r', 'p', 'f')
   and not c.relispartition
   and c.relpersistence <> 't'
   and a.attnum > 0
   and not a.attisdropped
   and n.nspname not in ('pg_catalog', 'information_schema', 'understudy')
   and n.nspname !~ '^pg_(toast|temp)'
 order by 1, 2, a.attnum
