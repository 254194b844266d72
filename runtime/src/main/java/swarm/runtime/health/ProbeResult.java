package swarm.runtime.health;

import java.time.Instant;

/// What came of one probe.
///
/// @param start when it began
/// @param end when it was over
/// @param exitCode 0 for healthy; -1 where it could not be run or took too long
/// @param output what it printed, or why it failed
public record ProbeResult(Instant start, Instant end, int exitCode, String output) {}
