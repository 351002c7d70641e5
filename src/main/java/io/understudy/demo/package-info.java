/** The playground: two embedded servers, a marketplace, people who use it, and the proof that staging is the same. */
package io.understudy.demo;
