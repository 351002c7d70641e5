/** The delivery queue: what of the changes goes to other systems, and how it gets there. */
package io.understudy.outbound;
