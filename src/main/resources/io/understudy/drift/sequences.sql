-- Those of identity columns belong to their columns.
select 'sequence' as kind, n.nspname::text as schema, null::text as table_name, c.relname::text as name,
       array['definition', d.definition, 'owned by', coalesce(o.owner, '')] as facets,
       format('create sequence %I.%I %s', n.nspname, c.relname, d.definition) as statement,
       format('to_regclass(%L) is not null', format('%I.%I', n.nspname, c.relname)) as proof,
       0 as place
  from pg_sequence q
  join pg_class c on c.oid = q.seqrelid
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (
       select format('as %s increment %s minvalue %s maxvalue %s start %s%s', format_type(q.seqtypid, -1), q.seqincrement, q.seqmin,
                     q.seqmax, q.seqstart, case when q.seqcycle then ' cycle' else '' end) as definition) d
  left join lateral (
       select format('%I.%I.%I', tn.nspname, t.relname, a.attname) as owner
         from pg_depend p
         join pg_class t on t.oid = p.refobjid
         join pg_namespace tn on tn.oid = t.relnamespace
         join pg_attribute a on a.attrelid = t.oid and a.attnum = p.refobjsubid
        where p.classid = 'pg_class'::regclass and p.objid = c.oid and p.refclassid = 'pg_class'::regclass and p.deptype = 'a'
        limit 1) o on true
 where n.nspname = any (current_setting('understudy.schemas')::text[])
   and c.relpersistence <> 't'
   and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype in ('e', 'i'))
 order by c.oid
