/** Finds what looks like personal data: which columns of the source to mask, and what at the target is unmasked. */
package io.understudy.discovery;
