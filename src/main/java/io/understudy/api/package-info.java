/** The REST interface to deliveries, of the mirror that this process runs. */
package io.understudy.api;
