/** Rows without a parent: counted at both sides, planned for, mended at the target by policy. */
package io.understudy.orphans;
