/** What Postgres is: identifiers, positions, catalogs, sessions. The only place that opens connections. */
package io.understudy.postgres;
