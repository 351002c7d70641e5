/** Changes on their way: captured from the source's log, carried to whoever applies them. */
package io.understudy.stream;
