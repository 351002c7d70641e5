-- place is 1 for functions that need a table or a view to be there first.
select 'function' as kind, n.nspname::text as schema, null::text as table_name, s.signature as name,
       array['definition', d.definition] as facets,
       case when p.prokind = 'a' then null else d.definition
            -- Everybody may execute a new function, this one not.
            || case when exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x where x.grantee = 0) then ''
                    else format(e';\nrevoke execute on routine %I.%s from public', n.nspname, s.signature) end end as statement,
       format('to_regprocedure(%L) is not null', format('%I.%s', n.nspname, s.signature)) as proof,
       case when exists (select from pg_depend r
                           left join pg_type t on r.refclassid = 'pg_type'::regclass and t.oid = r.refobjid
                           left join pg_type e on e.oid = t.typelem
                          where r.classid = 'pg_proc'::regclass and r.objid = p.oid
                            and (r.refclassid = 'pg_class'::regclass or t.typrelid <> 0 or e.typrelid <> 0))
            then 1 else 0 end as place
  from pg_proc p
  join pg_namespace n on n.oid = p.pronamespace
  left join pg_aggregate a on a.aggfnoid = p.oid
  cross join lateral (select format('%I(%s)', p.proname, oidvectortypes(p.proargtypes)) as signature) s
  cross join lateral (
       select case when p.prokind = 'a'
                   then format('aggregate %s sfunc %s stype %s finalfunc %s initcond %s', pg_get_function_result(p.oid),
                               a.aggtransfn::regproc, format_type(a.aggtranstype, null), a.aggfinalfn::regproc,
                               coalesce(quote_literal(a.agginitval), 'null'))
                   else rtrim(pg_get_functiondef(p.oid), e'\n') end as definition) d
 where n.nspname = any (current_setting('understudy.schemas')::text[])
   -- Those of a range type come with it.
   and not exists (select from pg_depend e
                    where e.classid = 'pg_proc'::regclass and e.objid = p.oid and e.deptype in ('e', 'i'))
 order by p.oid
