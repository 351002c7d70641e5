/** What must hold before anything is changed; each finding carries its remedy. */
package io.understudy.preflight;
