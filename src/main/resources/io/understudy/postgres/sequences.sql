-- Every sequence with the tables that use it: a column owns it (serial, identity) or takes its default from it. A partition
-- stands for its root. One of an extension that no table uses is the extension's own affair.
select n.nspname as schema,
       c.relname as name,
       coalesce(u.schemas, '{}') as user_schemas,
       coalesce(u.names, '{}') as user_names
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (
       select array_agg(tn.nspname::text order by t.oid) as schemas, array_agg(t.relname::text order by t.oid) as names
         from (select d.refobjid as id
                 from pg_depend d
                where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass
                  and d.refobjsubid > 0 and d.deptype in ('a', 'i')
                union
               select f.adrelid
                 from pg_depend d
                 join pg_attrdef f on f.oid = d.objid
                where d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.classid = 'pg_attrdef'::regclass) used
         join pg_class t on t.oid = coalesce(pg_partition_root(used.id), used.id)
         join pg_namespace tn on tn.oid = t.relnamespace) u
 where c.relkind = 'S'
   and c.relpersistence <> 't'
   and n.nspname not in ('pg_catalog', 'information_schema', 'understudy')
   and n.nspname !~ '^pg_(toast|temp)'
   and not (u.names is null
            and exists (select from pg_depend d
                         where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'))
 order by 1, 2
