-- The facets of an enumeration are its labels, in their order.
with mine as (
       select t.*, n.nspname, format('%I.%I', n.nspname, t.typname) as path
         from pg_type t
         join pg_namespace n on n.oid = t.typnamespace
        where n.nspname = any (current_setting('understudy.schemas')::text[])
          and not exists (select from pg_depend e where e.classid = 'pg_type'::regclass and e.objid = t.oid and e.deptype = 'e')),
     described as (
       select m.oid, 'enum' as kind, m.nspname, m.typname, m.path,
              array(select x from pg_enum e cross join lateral unnest(array[e.enumlabel::text, '']) with ordinality as l(x, i)
                     where e.enumtypid = m.oid order by e.enumsortorder, l.i) as facets,
              format('create type %s as enum (%s)', m.path,
                     (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)
                        from pg_enum e where e.enumtypid = m.oid)) as statement
         from mine m
        where m.typtype = 'e'
       union all
       select m.oid, 'type', m.nspname, m.typname, m.path,
              array['definition', 'domain ' || d.definition],
              format('create domain %s as %s', m.path, d.definition)
         from mine m
         cross join lateral (
              select format_type(m.typbasetype, m.typtypmod)
                     || case when m.typcollation <> b.typcollation and l.oid is not null
                             then format(' collate %I.%I', ln.nspname, l.collname) else '' end
                     || coalesce(' default ' || pg_get_expr(m.typdefaultbin, 0), '')
                     || case when m.typnotnull then ' not null' else '' end
                     || coalesce((select string_agg(format(' constraint %I %s', k.conname, pg_get_constraintdef(k.oid)), ''
                                                    order by k.conname)
                                    from pg_constraint k where k.contypid = m.oid and k.contype = 'c'), '') as definition
                from pg_type b
                left join pg_collation l on l.oid = m.typcollation
                left join pg_namespace ln on ln.oid = l.collnamespace
               where b.oid = m.typbasetype) d
        where m.typtype = 'd'
       union all
       select m.oid, 'type', m.nspname, m.typname, m.path,
              array['definition', 'composite (' || coalesce(a.attributes, '') || ')'],
              format('create type %s as (%s)', m.path, a.attributes)
         from mine m
         join pg_class c on c.oid = m.typrelid and c.relkind = 'c'
         cross join lateral (
              select string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum) as attributes
                from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) a
       union all
       select m.oid, 'type', m.nspname, m.typname, m.path,
              array['definition', 'range (' || d.definition || ')'],
              format('create type %s as range (%s)', m.path, d.definition)
         from mine m
         join pg_range r on r.rngtypid = m.oid
         cross join lateral (
              select 'subtype = ' || format_type(r.rngsubtype, null)
                     || case when r.rngsubdiff <> 0 then ', subtype_diff = ' || r.rngsubdiff::regproc::text else '' end as definition) d)
select kind, nspname::text as schema, null::text as table_name, typname::text as name, facets, statement,
       format('to_regtype(%L) is not null', path) as proof, 0 as place
  from described
 order by oid
