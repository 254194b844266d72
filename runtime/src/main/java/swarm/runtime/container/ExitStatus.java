package swarm.runtime.container;

import java.time.Instant;

/// How a container's first process ended.
///
/// @param code exit code, 128 + signal where a signal ended it; 255 where nobody knows (the machine
///   was switched off)
/// @param oomKilled whether the kernel killed for lack of memory
/// @param at when
public record ExitStatus(int code, boolean oomKilled, Instant at) {}
