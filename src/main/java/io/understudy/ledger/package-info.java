/** What is known of every mirrored table, durable at the target: its state, its copy, what waits for it. */
package io.understudy.ledger;
