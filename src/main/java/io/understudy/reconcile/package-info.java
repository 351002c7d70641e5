/** Comparing what both sides hold, and mending the target: rows without a parent, and how they are dealt with. */
package io.understudy.reconcile;
