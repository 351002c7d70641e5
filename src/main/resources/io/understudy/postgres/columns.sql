-- format_type with -1, not null, names the type without its length: null would give "character", which casts to one letter.
with recursive types as (
       -- What a domain is a domain of, in the end.
       select oid, oid as base, null::int as modifier from pg_type where typtype <> 'd'
       union all
       select d.oid, t.base, coalesce(t.modifier, d.typtypmod) from types t join pg_type d on d.typtype = 'd' and d.typbasetype = t.oid),
     foreign_equality as (
       -- Where it is not Postgres' own, which every session finds.
       select k.opcintype as base,
              '%s operator(' || replace(format('%I.%s', s.nspname, o.oprname), '%', '%%') || ') %s' as template
         from pg_opclass k
         join pg_am m on m.oid = k.opcmethod and m.amname = 'btree'
         join pg_amop e on e.amopfamily = k.opcfamily and e.amopstrategy = 3
                       and e.amoplefttype = k.opcintype and e.amoprighttype = k.opcintype
         join pg_operator o on o.oid = e.amopopr
         join pg_namespace s on s.oid = o.oprnamespace and s.nspname <> 'pg_catalog'
        where k.opcdefault),
     function_casts as (
       select casttarget as base from pg_cast where castsource = 'text'::regtype and castmethod = 'f')
select n.nspname as schema,
       c.relname as table_name,
       a.attname as name,
       format_type(a.atttypid, a.atttypmod) as type,
       case when e.modifier is not null then format_type(e.base, e.modifier) || '[]'
            else format_type(t.base, coalesce(t.modifier, a.atttypmod)) end as base,
       format_type(a.atttypid, -1) as cast_type,
       f.base is not null as cast_by_function,
       -- Of a domain over an enum there is none at all.
       case when b.typtype = 'e' and a.atttypid <> b.oid
            then format('%%s::%1$s = %%s::%1$s', replace(format_type(b.oid, -1), '%', '%%'))
            else q.template end as equality,
       a.attnotnull as not_null,
       a.attgenerated <> '' as generated,
       a.attgenerated = 'v' as virtual,
       a.attidentity = 'a' as identity_always,
       a.atthasdef or a.attidentity <> '' as has_default,
       a.attnum as number,
       a.atttypid::bigint as type_oid,
       a.atttypmod as type_modifier,
       case when a.atthasmissing then (a.attmissingval::text::text[])[1] end as missing,
       -- Also behind a domain or in an array.
       case when m.typtype = 'e' then format_type(m.oid, -1) end as enumeration
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  left join types t on t.oid = a.atttypid
  left join pg_type b on b.oid = t.base
  left join pg_type m on m.oid = case when b.typcategory = 'A' then b.typelem else b.oid end
  left join types e on b.typcategory = 'A' and e.oid = b.typelem
  left join foreign_equality q on q.base = t.base
  left join function_casts f on f.base = t.base
 where c.relkind in ('r', 'p', 'f')
   and not c.relispartition
   and c.relpersistence <> 't'
   and a.attnum > 0
   and not a.attisdropped
   and n.nspname not in ('pg_catalog', 'information_schema', 'understudy')
   and n.nspname !~ '^pg_(toast|temp)'
 order by 1, 2, a.attnum
