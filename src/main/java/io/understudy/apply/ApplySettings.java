package io.understudy.apply;

/**
 * @param batchChanges how many changes of whole transactions are grouped into one target transaction at most
 * @param batchBytes the same in bytes, for wide rows
 * @param asideBytes how much may wait for one paused table; more means that it is copied again
 */
public record ApplySettings(int batchChanges, long batchBytes, long asideBytes) {}
