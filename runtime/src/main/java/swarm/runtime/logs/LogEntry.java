package swarm.runtime.logs;

import java.time.Instant;
import swarm.runtime.stdio.StdStream;

/// One line of output.
///
/// @param timestamp when its first part was read from the process
/// @param stream standard output or error
/// @param bytes the line with its line feed, if it had one; not to be changed
public record LogEntry(Instant timestamp, StdStream stream, byte[] bytes) {}
