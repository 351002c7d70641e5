/** The commands, one verb each. */
package io.understudy.cli;
