/** What becomes of rows that staging forbids: the policies somebody chose, the rules that follow, the quarantine. */
package io.understudy.rules;
