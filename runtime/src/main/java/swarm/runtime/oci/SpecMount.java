package swarm.runtime.oci;

import java.util.List;

/// A mount as the runtime specification has it.
///
/// @param destination absolute path in the container
/// @param type file system, `bind` for a bind mount
/// @param source device or host path
/// @param options as mount(8) names them
public record SpecMount(String destination, String type, String source, List<String> options) {
  public SpecMount {
    options = List.copyOf(options);
  }

  /// A host path made visible in the container, with what is mounted below it.
  public static SpecMount bind(String source, String destination, String... options) {
    var all = new java.util.ArrayList<String>();
    all.add("rbind");
    all.addAll(List.of(options));
    return new SpecMount(destination, "bind", source, all);
  }
}
