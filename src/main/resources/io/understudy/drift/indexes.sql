-- Those that no constraint brings along, and no index of a root. place says whether it can be made without stopping writers.
select 'index' as kind, n.nspname::text as schema, c.relname::text as table_name, x.relname::text as name,
       array['definition', replace(d.statement, ' INDEX ' || quote_ident(x.relname) || ' ON ', ' INDEX ON '),
             'valid', case when i.indisvalid then 'yes' else 'no' end] as facets,
       replace(d.statement, ' INDEX ' || quote_ident(x.relname) || ' ON ',
               format(' INDEX %sIF NOT EXISTS %I ON ', case when c.relkind = 'p' then '' else 'CONCURRENTLY ' end, x.relname))
         as statement,
       format('exists (select from pg_index where indexrelid = to_regclass(%L) and indisvalid)',
              format('%I.%I', n.nspname, x.relname)) as proof,
       case when c.relkind = 'p' then 0 else 1 end as place
  from pg_index i
  join pg_class x on x.oid = i.indexrelid
  join pg_class c on c.oid = i.indrelid and c.relkind in ('r', 'p', 'm') and c.relpersistence <> 't'
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (select replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ') as statement) d
 where n.nspname = any (current_setting('understudy.schemas')::text[])
   and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
   and not exists (select from pg_inherits h where h.inhrelid = i.indexrelid)
   and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid in (c.oid, x.oid) and e.deptype = 'e')
 order by c.oid, x.oid
