package swarm.network;

/// How a container is plugged in on the host's side.
///
/// @param link the host's end
/// @param bridge where it must be plugged in
public record Cable(String link, String bridge) {}
