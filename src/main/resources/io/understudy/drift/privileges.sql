-- What roles other than the owner may do. Which roles there are differs from server to server; Java leaves out those of one side.
with granted as (
       select n.nspname, null::text as table_name, 'schema' as on_kind, format('%I', n.nspname) as path, 'schema' as label,
              n.nspowner as owner, coalesce(n.nspacl, acldefault('n', n.nspowner)) as acl, '' as columns,
              'has_schema_privilege' as test, quote_literal(n.nspname) as subject
         from pg_namespace n
       union all
       select n.nspname, case when c.relkind = 'S' then null else c.relname end,
              case c.relkind when 'S' then 'sequence' else 'table' end, format('%I.%I', n.nspname, c.relname),
              case c.relkind when 'S' then 'sequence ' || c.relname else 'table' end,
              c.relowner, coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's'::"char" else 'r'::"char" end, c.relowner)), '',
              case c.relkind when 'S' then 'has_sequence_privilege' else 'has_table_privilege' end,
              quote_literal(format('%I.%I', n.nspname, c.relname))
         from pg_class c
         join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
          and c.relpersistence <> 't'
          and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype in ('e', 'i'))
       union all
       select n.nspname, c.relname, 'table', format('%I.%I', n.nspname, c.relname), 'column ' || a.attname, c.relowner, a.attacl,
              format(' (%I)', a.attname), 'has_column_privilege',
              quote_literal(format('%I.%I', n.nspname, c.relname)) || ', ' || quote_literal(a.attname)
         from pg_attribute a
         join pg_class c on c.oid = a.attrelid
         join pg_namespace n on n.oid = c.relnamespace
        where a.attacl is not null
          and c.relkind in ('r', 'p', 'v', 'm', 'f')
          and c.relpersistence <> 't'
          and not a.attisdropped
          and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
       union all
       select n.nspname, null, case when p.prokind = 'p' then 'procedure' else 'function' end,
              format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)),
              format('function %I(%s)', p.proname, oidvectortypes(p.proargtypes)), p.proowner,
              coalesce(p.proacl, acldefault('f', p.proowner)), '', 'has_function_privilege',
              quote_literal(format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)))
         from pg_proc p
         join pg_namespace n on n.oid = p.pronamespace
        where not exists (select from pg_depend e where e.classid = 'pg_proc'::regclass and e.objid = p.oid and e.deptype in ('e', 'i'))),
     given as (
       select g.nspname, g.table_name, g.on_kind, g.path, g.label, g.columns, g.test, g.subject,
              case when x.grantee = 0 then 'public' else pg_get_userbyid(x.grantee)::text end as grantee,
              x.grantee = 0 as everybody,
              string_agg(x.privilege_type, ', ' order by x.privilege_type) as privileges,
              array_agg(x.privilege_type) as types,
              coalesce(string_agg(x.privilege_type, ', ' order by x.privilege_type) filter (where x.is_grantable), '') as grantable
         from granted g
         cross join lateral aclexplode(g.acl) x
        where x.grantee <> g.owner
          and x.privilege_type <> 'MAINTAIN'
          and g.nspname = any (current_setting('understudy.schemas')::text[])
        group by g.nspname, g.table_name, g.on_kind, g.path, g.label, g.columns, g.test, g.subject, x.grantee)
select 'privilege' as kind, nspname::text as schema, table_name::text as table_name, label || ' to ' || grantee as name,
       array['to', grantee, 'privileges', privileges, 'grant option', grantable] as facets,
       format('grant %s on %s %s to %s', (select string_agg(t || columns, ', ' order by t) from unnest(types) t), on_kind, path,
              case when everybody then 'public' else quote_ident(grantee) end)
       || case when grantable = privileges then ' with grant option' else '' end as statement,
       (select string_agg(format('%s(%L, %s, %L)', test, grantee, subject, t), ' and ' order by t) from unnest(types) t) as proof,
       0 as place
  from given
 order by schema, table_name nulls first, name
