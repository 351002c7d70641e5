-- Not null is told of the columns: it is a constraint since Postgres 18 only. What partitions have of their root is the root's.
select 'constraint' as kind, n.nspname::text as schema, c.relname::text as table_name, k.conname::text as name,
       array['definition', regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', ''),
             'validated', case when k.convalidated then 'yes' else 'no' end] as facets,
       format('alter table %I.%I add constraint %I %s', n.nspname, c.relname, k.conname,
              regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', ''))
       -- A foreign key of a partitioned table could not be added so before Postgres 18.
       || case when k.contype = 'c' or (k.contype = 'f' and c.relkind <> 'p')
               then case when pg_get_constraintdef(k.oid) ~ ' NOT ENFORCED$' then '' else ' not valid' end else '' end as statement,
       format('exists (select from pg_constraint where conrelid = to_regclass(%L) and conname = %L)',
              format('%I.%I', n.nspname, c.relname), k.conname) as proof,
       case k.contype when 'p' then 0 when 'u' then 1 when 'x' then 1 when 'c' then 2 else 3 end as place
  from pg_constraint k
  join pg_class c on c.oid = k.conrelid and c.relpersistence <> 't'
  join pg_namespace n on n.oid = c.relnamespace
 where k.contype in ('p', 'u', 'x', 'c', 'f')
   and k.conparentid = 0
   and k.conislocal
   and n.nspname = any (current_setting('understudy.schemas')::text[])
   and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
 order by place, c.oid, k.conname
