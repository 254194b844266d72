package swarm.runtime.stdio;

/// Some bytes of one stream.
///
/// @param stream which one
/// @param data at least one byte; not to be changed
public record StreamFrame(StdStream stream, byte[] data) {}
