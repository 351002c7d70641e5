-- Every file of this folder gives objects of one part of the catalog as the same columns: kind, schema, table_name, name; facets,
-- names and texts in turn, which are what is compared; statement, which makes the object; proof, a condition that holds when it
-- is there; place, the order within its kind. The setting understudy.schemas names the schemas that are compared.
select 'schema' as kind, n.nspname::text as schema, null::text as table_name, n.nspname::text as name,
       array[]::text[] as facets,
       format('create schema if not exists %I', n.nspname) as statement,
       format('to_regnamespace(%L) is not null', quote_ident(n.nspname)) as proof,
       0 as place
  from pg_namespace n
 where n.nspname = any (current_setting('understudy.schemas')::text[])
   and not exists (select from pg_depend e where e.classid = 'pg_namespace'::regclass and e.objid = n.oid and e.deptype = 'e')
 order by n.nspname
