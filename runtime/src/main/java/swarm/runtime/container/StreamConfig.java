package swarm.runtime.container;

/// A container's standard streams. Part of [ContainerConfig], whose record on disk has its
/// components. Immutable.
///
/// @param tty whether the process gets a terminal
/// @param openStdin whether standard input is held open
/// @param stdinOnce whether standard input ends with the first client that attached to it
/// @param attachStdin as asked for; kept for the API
/// @param attachStdout likewise
/// @param attachStderr likewise
public record StreamConfig(
    boolean tty,
    boolean openStdin,
    boolean stdinOnce,
    boolean attachStdin,
    boolean attachStdout,
    boolean attachStderr) {}
