/** The first copy: every table as of one moment of the source, in parallel, through COPY. */
package io.understudy.snapshot;
