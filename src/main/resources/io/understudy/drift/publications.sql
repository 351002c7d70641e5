-- Row filters and column lists came with Postgres 15: the catalogs of older servers do not know these columns.
select 'publication' as kind, null::text as schema, null::text as table_name, p.pubname::text as name,
       array['tables', d.tables, 'options', d.options] as facets,
       format('create publication %I%s with (%s)', p.pubname,
              case when p.puballtables then ' for all tables' when d.tables = '' then '' else ' for table ' || d.tables end, d.options)
         as statement,
       format('exists (select from pg_publication where pubname = %L)', p.pubname) as proof,
       0 as place
  from pg_publication p
  cross join lateral (
       select case when p.puballtables then 'all'
                   else coalesce((select string_agg(
                                format('%I.%I', n.nspname, c.relname)
                                || coalesce((select ' (' || string_agg(quote_ident(a.attname), ', ' order by a.attnum) || ')'
                                               from pg_attribute a
                                              where a.attrelid = c.oid
                                                and a.attnum::text = any (string_to_array(to_jsonb(r) ->> 'prattrs', ' '))), '')
                                || coalesce((select ' where (' || (to_jsonb(t) ->> 'rowfilter') || ')' from pg_publication_tables t
                                              where t.pubname = p.pubname and t.schemaname = n.nspname and t.tablename = c.relname
                                                and to_jsonb(t) ->> 'rowfilter' is not null), ''), ', '
                                order by n.nspname, c.relname)
                           from pg_publication_rel r
                           join pg_class c on c.oid = r.prrelid
                           join pg_namespace n on n.oid = c.relnamespace
                          where r.prpubid = p.oid), '') end as tables,
              format('publish = %L, publish_via_partition_root = %s',
                     array_to_string(array_remove(array[case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
                                                        case when p.pubdelete then 'delete' end,
                                                        case when p.pubtruncate then 'truncate' end], null), ', '),
                     p.pubviaroot::text) as options) d
 order by p.pubname
