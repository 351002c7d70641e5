package io.understudy.apply;

/**
 * @param batchChanges how many changes of whole transactions are grouped into one target transaction at most
 * @param batchBytes the same in bytes, for wide rows
 */
public record ApplySettings(int batchChanges, long batchBytes) {}
