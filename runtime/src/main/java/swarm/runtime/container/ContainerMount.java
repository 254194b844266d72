package swarm.runtime.container;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/// Something mounted in a container beside the standard file systems.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ContainerMount.Bind.class, name = "bind"),
  @JsonSubTypes.Type(value = ContainerMount.Volume.class, name = "volume"),
  @JsonSubTypes.Type(value = ContainerMount.Tmpfs.class, name = "tmpfs")
})
public sealed interface ContainerMount {
  /// Absolute path in the container.
  String target();

  /// A host path.
  ///
  /// @param source absolute host path
  /// @param target absolute path in the container
  /// @param readOnly whether it cannot be written
  /// @param propagation `private`, `rprivate`, `shared`, `rshared`, `slave`, `rslave`; empty for
  ///   `rprivate`
  /// @param createSource whether a missing source is made as a directory (Docker's `-v`), rather
  ///   than being an error (`--mount`)
  record Bind(
      String source, String target, boolean readOnly, String propagation, boolean createSource)
      implements ContainerMount {}

  /// A volume, which somebody else keeps.
  ///
  /// @param name its name
  /// @param source the host directory with its content
  /// @param target absolute path in the container
  /// @param readOnly whether it cannot be written
  /// @param copyUp whether, if it is empty at start, what the image has at `target` is copied into
  ///   it
  record Volume(String name, String source, String target, boolean readOnly, boolean copyUp)
      implements ContainerMount {}

  /// Memory.
  ///
  /// @param target absolute path in the container
  /// @param options of tmpfs(5), such as `size=64m,mode=1770`; may be empty
  record Tmpfs(String target, String options) implements ContainerMount {}
}
