/** Proof that both sides are equal: what is compared, what was found, and up to when it holds. */
package io.understudy.reconcile;
