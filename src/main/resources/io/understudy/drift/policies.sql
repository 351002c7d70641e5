select 'row security' as kind, n.nspname::text as schema, c.relname::text as table_name, 'row security' as name,
       array['state', case when c.relforcerowsecurity then 'enabled, forced' else 'enabled' end] as facets,
       format('alter table %I.%I enable row level security', n.nspname, c.relname)
       || case when c.relforcerowsecurity then format('; alter table %I.%I force row level security', n.nspname, c.relname)
               else '' end as statement,
       format('(select relrowsecurity from pg_class where oid = to_regclass(%L))', format('%I.%I', n.nspname, c.relname)) as proof,
       0 as place
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 where c.relrowsecurity
   and n.nspname = any (current_setting('understudy.schemas')::text[])
   and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
union all
select 'policy', n.nspname, c.relname, p.polname,
       array['for', d.command, 'kind', case when p.polpermissive then 'permissive' else 'restrictive' end, 'to', d.roles,
             'using', coalesce(d.using_text, ''), 'with check', coalesce(d.check_text, '')],
       format('create policy %I on %I.%I as %s for %s to %s', p.polname, n.nspname, c.relname,
              case when p.polpermissive then 'permissive' else 'restrictive' end, d.command, d.roles)
       || coalesce(' using (' || d.using_text || ')', '') || coalesce(' with check (' || d.check_text || ')', ''),
       format('exists (select from pg_policy where polrelid = to_regclass(%L) and polname = %L)',
              format('%I.%I', n.nspname, c.relname), p.polname),
       1
  from pg_policy p
  join pg_class c on c.oid = p.polrelid
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (
       select case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete'
                            else 'all' end as command,
              (select string_agg(case when r = 0 then 'public' else quote_ident(pg_get_userbyid(r)) end, ', ' order by 1)
                 from unnest(p.polroles) r) as roles,
              pg_get_expr(p.polqual, p.polrelid) as using_text,
              pg_get_expr(p.polwithcheck, p.polrelid) as check_text) d
 where n.nspname = any (current_setting('understudy.schemas')::text[])
   and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
 order by schema, table_name, place, name
