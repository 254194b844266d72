package swarm.runtime.dockerfile;

import java.util.List;

/// One instruction as it is written, with its continuation lines joined.
///
/// @param first line, from 1
/// @param last line
/// @param text without comments and continuation characters
/// @param documents the here-documents behind it
record LogicalLine(int first, int last, String text, List<HereDocument> documents) {}
