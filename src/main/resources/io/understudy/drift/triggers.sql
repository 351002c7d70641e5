-- Triggers and rules, not those by which foreign keys work, nor what partitions have of their root.
select 'trigger' as kind, n.nspname::text as schema, c.relname::text as table_name, t.tgname::text as name,
       array['definition', pg_get_triggerdef(t.oid),
             'fires', case t.tgenabled when 'D' then 'never' when 'A' then 'always' when 'R' then 'on replicas' else 'yes' end] as facets,
       pg_get_triggerdef(t.oid)
       || case when t.tgenabled = 'O' then ''
               else format('; alter table %I.%I %s trigger %I', n.nspname, c.relname,
                           case t.tgenabled when 'D' then 'disable' when 'A' then 'enable always' else 'enable replica' end, t.tgname)
          end as statement,
       format('exists (select from pg_trigger where tgrelid = to_regclass(%L) and tgname = %L)',
              format('%I.%I', n.nspname, c.relname), t.tgname) as proof,
       0 as place
  from pg_trigger t
  join pg_class c on c.oid = t.tgrelid and c.relpersistence <> 't'
  join pg_namespace n on n.oid = c.relnamespace
 where not t.tgisinternal
   and t.tgparentid = 0
   and n.nspname = any (current_setting('understudy.schemas')::text[])
   and not exists (select from pg_depend e where e.classid = 'pg_trigger'::regclass and e.objid = t.oid and e.deptype = 'e')
union all
select 'rule', n.nspname, c.relname, r.rulename,
       array['definition', pg_get_ruledef(r.oid),
             'fires', case r.ev_enabled when 'D' then 'never' when 'A' then 'always' when 'R' then 'on replicas' else 'yes' end],
       rtrim(pg_get_ruledef(r.oid), ';'),
       format('exists (select from pg_rewrite where ev_class = to_regclass(%L) and rulename = %L)',
              format('%I.%I', n.nspname, c.relname), r.rulename),
       0
  from pg_rewrite r
  join pg_class c on c.oid = r.ev_class and c.relpersistence <> 't'
  join pg_namespace n on n.oid = c.relnamespace
 where r.rulename <> '_RETURN'
   and n.nspname = any (current_setting('understudy.schemas')::text[])
   and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
 order by kind, schema, table_name, name
