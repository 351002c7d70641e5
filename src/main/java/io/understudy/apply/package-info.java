/** Changes become rows of the target, together with the position they bring it to. */
package io.understudy.apply;
