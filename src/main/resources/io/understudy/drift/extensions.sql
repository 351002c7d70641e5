-- The same version where the server has it; otherwise its own, a difference that stays.
select 'extension' as kind, null::text as schema, null::text as table_name, e.extname::text as name,
       array['version', e.extversion, 'schema', n.nspname::text] as facets,
       format('execute %L || case when exists (select from pg_available_extension_versions where name = %L and version = %L)'
              ' then %L else '''' end',
              format('create extension if not exists %I with schema %I', e.extname, n.nspname), e.extname, e.extversion,
              format(' version %L', e.extversion)) as statement,
       format('exists (select from pg_extension where extname = %L)', e.extname) as proof,
       0 as place
  from pg_extension e
  join pg_namespace n on n.oid = e.extnamespace
 order by e.oid
