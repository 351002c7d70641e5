/**
 * One mirror: how it is put together, how it lives, what it says of itself. Read {@link io.understudy.mirror.Mirror}
 * first.
 */
package io.understudy.mirror;
