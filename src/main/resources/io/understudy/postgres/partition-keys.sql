-- By name: a partition may have its columns in another order. Of expressions, all that they read.
select n.nspname as schema,
       r.relname as table_name,
       array_agg(distinct a.attname::text) as columns
  from pg_partitioned_table p
  join pg_class c on c.oid = p.partrelid
  join pg_class r on r.oid = coalesce(pg_partition_root(c.oid), c.oid)
  join pg_namespace n on n.oid = r.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
   and (a.attnum = any (p.partattrs)
        or 0 = any (p.partattrs) and exists (
            select from pg_depend d
             where d.classid = 'pg_class'::regclass and d.objid = c.oid
               and d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid = a.attnum))
 where n.nspname not in ('pg_catalog', 'information_schema', 'understudy')
 group by 1, 2
