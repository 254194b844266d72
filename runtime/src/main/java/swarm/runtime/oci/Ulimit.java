package swarm.runtime.oci;

/// One resource limit of a process (setrlimit(2)).
///
/// @param name as Docker writes it: `nofile`, `core` ...
/// @param soft the limit in force; -1 for none
/// @param hard what the process may raise it to; -1 for none
public record Ulimit(String name, long soft, long hard) {}
