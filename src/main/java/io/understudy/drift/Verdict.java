package io.understudy.drift;

/** @param why in words, for people */
record Verdict(DriftClass type, String why) {}
