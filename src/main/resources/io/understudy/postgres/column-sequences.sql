-- Columns whose values are a sequence's, as they are: identities, owned columns without a default of another kind, and defaults
-- that are nextval and nothing more. (A default that computes with nextval has values that are not the sequence's.)
select tn.nspname as schema,
       t.relname as table_name,
       a.attname as column_name,
       sn.nspname as sequence_schema,
       s.relname as sequence_name,
       q.seqincrement > 0 as ascending,
       q.seqmin as lowest,
       q.seqmax as highest
  from (select d.refobjid as relation, d.refobjsubid as attnum, d.objid as sequence
          from pg_depend d
         where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
           and d.refobjsubid > 0 and d.deptype in ('a', 'i')
         union
        select f.adrelid, f.adnum, d.refobjid
          from pg_depend d
          join pg_attrdef f on f.oid = d.objid
         where d.classid = 'pg_attrdef'::regclass and d.refclassid = 'pg_class'::regclass) used
  join pg_class s on s.oid = used.sequence and s.relkind = 'S' and s.relpersistence <> 't'
  join pg_namespace sn on sn.oid = s.relnamespace
  join pg_sequence q on q.seqrelid = s.oid
  join pg_attribute a on a.attrelid = used.relation and a.attnum = used.attnum
  join pg_class t on t.oid = coalesce(pg_partition_root(used.relation), used.relation)
  join pg_namespace tn on tn.oid = t.relnamespace
  left join pg_attrdef f on f.adrelid = a.attrelid and f.adnum = a.attnum
 where f.oid is null
    or pg_get_expr(f.adbin, f.adrelid)
         ~ '^\(?nextval\(''(''''|[^''])+''::regclass\)\)?(::(smallint|integer|bigint|numeric|text|character varying))?$'
 order by 1, 2, 3
