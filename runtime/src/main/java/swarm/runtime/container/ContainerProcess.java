package swarm.runtime.container;

import java.time.Duration;
import java.time.Instant;

/// A process in a container, as the host sees it.
///
/// @param pid host number
/// @param parentPid host number of its parent
/// @param uid host user
/// @param startedAt when it was started
/// @param cpuTime what it has used
/// @param command program and arguments
public record ContainerProcess(
    int pid, int parentPid, long uid, Instant startedAt, Duration cpuTime, String command) {}
