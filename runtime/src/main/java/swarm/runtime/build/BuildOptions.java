package swarm.runtime.build;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import swarm.runtime.image.Platform;
import swarm.runtime.image.Reference;

/// What a build is asked for.
///
/// @param dockerfile its path in the context
/// @param tags names for the image
/// @param target the stage to end with; empty for the last
/// @param arguments values for `ARG`; without one, a name that was given but has none
/// @param labels for the image
/// @param noCache whether no step of an earlier build is used
/// @param cacheFrom images whose steps may be used though they were built elsewhere
/// @param keep whether the steps' containers stay
/// @param platform of the images that it begins with; nothing for this host's
/// @param epoch the time of all that is made; nothing for the real one
public record BuildOptions(
    String dockerfile,
    List<Reference> tags,
    String target,
    Map<String, Optional<String>> arguments,
    Map<String, String> labels,
    boolean noCache,
    List<String> cacheFrom,
    boolean keep,
    Optional<Platform> platform,
    Optional<Instant> epoch) {
  /// Docker's name for it.
  public static final String DOCKERFILE = "Dockerfile";
}
