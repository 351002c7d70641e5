-- format_type with -1, not null, names the type without its length: null would give "character", which casts to one letter.
select n.nspname as schema,
       c.relname as table_name,
       a.attname as name,
       format_type(a.atttypid, a.atttypmod) as type,
       format_type(a.atttypid, -1) as cast_type,
       exists (select from pg_cast
                where castsource = 'text'::regtype and casttarget = base.type and castmethod = 'f') as cast_by_function,
       -- Only where it is not Postgres' own, which every session finds; and of a domain over an enum there is none.
       coalesce((select '%s operator(' || replace(format('%I.%s', s.nspname, o.oprname), '%', '%%') || ') %s'
          from pg_opclass k
          join pg_am m on m.oid = k.opcmethod and m.amname = 'btree'
          join pg_amop e on e.amopfamily = k.opcfamily and e.amoplefttype = k.opcintype and e.amoprighttype = k.opcintype
                        and e.amopstrategy = 3
          join pg_operator o on o.oid = e.amopopr
          join pg_namespace s on s.oid = o.oprnamespace and s.nspname <> 'pg_catalog'
         where k.opcintype = base.type and k.opcdefault),
       (select format('%%s::%1$s = %%s::%1$s', replace(format_type(e.oid, -1), '%', '%%'))
          from pg_type e where e.oid = base.type and e.typtype = 'e' and a.atttypid <> e.oid)) as equality,
       a.attnotnull as not_null,
       a.attgenerated <> '' as generated,
       a.attidentity = 'a' as identity_always,
       a.atthasdef or a.attidentity <> '' as has_default
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  -- What a domain is a domain of, in the end.
  cross join lateral (
       with recursive based as (
           select a.atttypid as type
           union all
           select t.typbasetype from based b join pg_type t on t.oid = b.type where t.typtype = 'd')
       select b.type from based b join pg_type t on t.oid = b.type where t.typtype <> 'd') as base
 where c.relkind in ('r', 'p', 'f')
   and not c.relispartition
   and c.relpersistence <> 't'
   and a.attnum > 0
   and not a.attisdropped
   and n.nspname not in ('pg_catalog', 'information_schema', 'understudy')
   and n.nspname !~ '^pg_(toast|temp)'
 order by 1, 2, a.attnum
