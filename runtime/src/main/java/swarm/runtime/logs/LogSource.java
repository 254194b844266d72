package swarm.runtime.logs;

import java.util.List;
import java.util.Map;

/// Whose log it is, for what its driver tells of it.
///
/// @param id 64 hexadecimal digits
/// @param name without a slash
/// @param imageId the image's digest
/// @param imageName as the user named it
/// @param labels the container's
/// @param env its environment, `NAME=value`
public record LogSource(
    String id,
    String name,
    String imageId,
    String imageName,
    Map<String, String> labels,
    List<String> env) {}
