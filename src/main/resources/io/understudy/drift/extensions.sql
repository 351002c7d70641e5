select 'extension' as kind, null::text as schema, null::text as table_name, e.extname::text as name,
       array['version', e.extversion, 'schema', n.nspname::text] as facets,
       format('create extension if not exists %I with schema %I version %L', e.extname, n.nspname, e.extversion) as statement,
       format('exists (select from pg_extension where extname = %L)', e.extname) as proof,
       0 as place
  from pg_extension e
  join pg_namespace n on n.oid = e.extnamespace
 order by e.oid
