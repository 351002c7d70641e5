-- Tables that may be the history of a migration tool, with their columns: which tool's it is, its columns tell.
select n.nspname::text as schema, c.relname::text as name,
       array_agg(a.attname::text order by a.attnum) as columns,
       array_agg(format_type(a.atttypid, null) order by a.attnum) as types
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
 where c.relkind in ('r', 'p')
   and c.relpersistence <> 't'
   and n.nspname = any (current_setting('understudy.schemas')::text[])
 group by n.nspname, c.relname
having lower(c.relname) in ('schema_migrations', 'django_migrations', 'alembic_version', 'knex_migrations', '_sqlx_migrations',
                            '__drizzle_migrations')
    or array_agg(lower(a.attname)) @> array['installed_rank', 'script', 'checksum', 'success']
    or array_agg(lower(a.attname)) @> array['md5sum', 'orderexecuted', 'exectype']
    or array_agg(lower(a.attname)) @> array['migration_name', 'finished_at', 'checksum']
 order by 1, 2
