select format_type(t.oid, -1) as name,
       array(select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder) as labels
  from pg_type t
 where t.typtype = 'e'
 order by 1
