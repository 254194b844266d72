package swarm.runtime.container;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import swarm.runtime.volume.VolumeRequest;

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

  /// What becomes of what is mounted below a source that is to be read-only.
  enum Below {
    /// It is read-only, too, where the kernel can do that.
    READ_ONLY_IF_POSSIBLE,
    /// It is read-only, too, or the container does not start.
    READ_ONLY,
    /// It stays as it is.
    UNCHANGED
  }

  /// A host path.
  ///
  /// @param source absolute host path
  /// @param target absolute path in the container
  /// @param readOnly whether it cannot be written
  /// @param propagation `private`, `rprivate`, `shared`, `rshared`, `slave`, `rslave`; empty for
  ///   `rprivate`
  /// @param createSource whether a missing source is made as a directory (Docker's `-v`), rather
  ///   than being an error (`--mount`)
  /// @param shallow whether what is mounted below the source is left out
  /// @param below what a read-only mount does to it
  /// @param mode as the user wrote it in `-v`, to be shown again
  record Bind(
      String source,
      String target,
      boolean readOnly,
      String propagation,
      boolean createSource,
      boolean shallow,
      Below below,
      String mode)
      implements ContainerMount {
    // A component that is missing in a file of an older version is null here.
    public Bind {
      below = below == null ? Below.READ_ONLY_IF_POSSIBLE : below;
      mode = mode == null ? "" : mode;
    }

    /// One without further options.
    public static Bind of(
        String source, String target, boolean readOnly, String propagation, boolean createSource) {
      return new Bind(
          source,
          target,
          readOnly,
          propagation,
          createSource,
          false,
          Below.READ_ONLY_IF_POSSIBLE,
          "");
    }
  }

  /// A volume of the engine's store.
  ///
  /// @param name its name; empty for one to be made with the container
  /// @param source the host directory with its content; empty before the container is made
  /// @param target absolute path in the container
  /// @param readOnly whether it cannot be written
  /// @param copyUp whether, if it is empty when the container is made, what the image has at
  ///   `target` is copied into it
  /// @param anonymous whether the user gave no name: it may go with the container
  /// @param subpath what of the volume is mounted; empty for all
  /// @param mode as the user wrote it in `-v`, to be shown again
  /// @param request what to make where it is missing; nothing once the container is made
  record Volume(
      String name,
      String source,
      String target,
      boolean readOnly,
      boolean copyUp,
      boolean anonymous,
      String subpath,
      String mode,
      @Nullable VolumeRequest request)
      implements ContainerMount {
    public Volume {
      subpath = subpath == null ? "" : subpath;
      mode = mode == null ? "" : mode;
    }

    /// One of a name, made where it is missing, or, without a name, one for this container.
    public static Volume of(String name, String target, boolean readOnly) {
      return new Volume(
          name, "", target, readOnly, true, name.isEmpty(), "", "", VolumeRequest.named(name));
    }

    /// This at a volume that is there.
    Volume at(swarm.runtime.volume.Volume volume) {
      return new Volume(
          volume.name(),
          volume.mountpoint().toString(),
          target,
          readOnly,
          copyUp,
          anonymous,
          subpath,
          mode,
          null);
    }

    @JsonIgnore
    boolean isEmptyAtFirst() {
      return copyUp && subpath.isEmpty();
    }
  }

  /// Memory.
  ///
  /// @param target absolute path in the container
  /// @param options of tmpfs(5), such as `size=64m,mode=1770`; may be empty
  /// @param listed whether it is shown among the mounts, as Docker shows those of `--mount` only
  record Tmpfs(String target, String options, boolean listed) implements ContainerMount {}
}
