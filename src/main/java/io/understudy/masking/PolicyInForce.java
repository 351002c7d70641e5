package io.understudy.masking;

/** Where a capture asks by what it has to mask. From any thread. */
public interface PolicyInForce {

    MaskingPolicy now();

    /** As of a look at both databases that begins after this is asked. */
    default MaskingPolicy renewed() {
        return now();
    }
}
