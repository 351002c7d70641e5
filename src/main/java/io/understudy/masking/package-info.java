/** What may leave production: the rule of a column, and the engine that turns one value into another that fits. */
package io.understudy.masking;
