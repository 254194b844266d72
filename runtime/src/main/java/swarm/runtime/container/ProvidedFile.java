package swarm.runtime.container;

/// A file of a container whose content is given anew at each start ([ContainerEngine#start]) and is
/// never on a disk. It is read-only in the container.
///
/// @param key what its content is given by
/// @param target absolute path in the container
/// @param uid its owner
/// @param gid its group
/// @param mode its permission bits, as chmod(2) has them
/// @param program whether it may be run at all, whatever its mode
public record ProvidedFile(String key, String target, int uid, int gid, int mode, boolean program) {
  /// One that cannot be run.
  public ProvidedFile(String key, String target, int uid, int gid, int mode) {
    this(key, target, uid, gid, mode, false);
  }
}
