/** What an operator sees of a mirror: the status from any process, the health and the metrics of this one. */
package io.understudy.status;
