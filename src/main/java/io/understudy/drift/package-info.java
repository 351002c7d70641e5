/** What differs between both sides' schemas and migration histories, why, and how it is mended. */
package io.understudy.drift;
