package swarm.runtime.volume;

import java.time.Instant;
import java.util.Map;

/// Something that happened to a volume.
///
/// @param action `create`, `mount`, `unmount`, `destroy` or `prune`, as in Docker's event stream
/// @param name the volume; empty for `prune`
/// @param at when
/// @param attributes as Docker's events have them
public record VolumeEvent(String action, String name, Instant at, Map<String, String> attributes) {}
