select case c.relkind when 'm' then 'materialized view' else 'view' end as kind,
       n.nspname::text as schema, c.relname::text as table_name, c.relname::text as name,
       array['columns', (select string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum)
                           from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
             'definition', d.query,
             'options', coalesce(array_to_string(c.reloptions, ', '), '')] as facets,
       format('create %sview %I.%I%s as %s', case c.relkind when 'm' then 'materialized ' else '' end, n.nspname, c.relname,
              coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', ''), d.query) as statement,
       format('to_regclass(%L) is not null', format('%I.%I', n.nspname, c.relname)) as proof,
       0 as place
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (select rtrim(pg_get_viewdef(c.oid), ';') as query) d
 where c.relkind in ('v', 'm')
   and c.relpersistence <> 't'
   and n.nspname = any (current_setting('understudy.schemas')::text[])
   and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
 order by c.oid
