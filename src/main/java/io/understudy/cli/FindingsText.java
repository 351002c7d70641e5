package io.understudy.cli;

import io.understudy.preflight.Finding;
import java.io.PrintWriter;
import java.util.List;

/** Findings as numbered sentences, each with its remedy below. */
final class FindingsText {

    private FindingsText() {}

    static void refused(List<Finding> findings, PrintWriter out) {
        out.println(
                findings.size() == 1
                        ? "Refused, and nothing was changed. One thing must be mended first:"
                        : "Refused, and nothing was changed. " + findings.size() + " things must be mended first:");
        print(findings, out);
    }

    static void print(List<Finding> findings, PrintWriter out) {
        for (int i = 0; i < findings.size(); i++) {
            Finding finding = findings.get(i);
            out.println("  " + (i + 1) + ". " + finding.what());
            out.println("     Remedy: " + finding.remedy());
        }
        out.flush();
    }
}
