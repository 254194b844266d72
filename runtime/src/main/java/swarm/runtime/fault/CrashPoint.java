package swarm.runtime.fault;

/// The moments in pulling, creating, starting and removing after which something is on the disk or
/// in the kernel that was not before. A daemon may be killed at any of them; a test has it die at
/// each ([CrashPoints]).
public enum CrashPoint {
  // ---- images
  /// A blob is on the disk, under a passing name.
  BLOB_WRITTEN,
  /// The blob has its own name; no image names it yet.
  BLOB_KEPT,
  /// A layer's files are unpacked, in a passing folder.
  LAYER_UNPACKED,
  /// The layer has its own name; no image names it yet.
  LAYER_KEPT,
  /// The new list of images is beside the old one.
  INDEX_WRITTEN,
  /// The list of images has the new one.
  IMAGE_ENTERED,
  /// The list of images lacks the one that goes; its blobs and layers are still there.
  IMAGE_UNLISTED,
  /// A layer that goes has lost its name.
  LAYER_SET_ASIDE,

  // ---- a container's record
  /// The new record of a container is beside the old one, if there is one.
  RECORD_WRITTEN,

  // ---- making
  /// The volumes of a container that comes are there.
  VOLUMES_CLAIMED,
  /// They have the content that the image has at their places.
  VOLUMES_SEEDED,
  /// The container has its record; its new volumes are still marked as coming.
  CONTAINER_RECORDED,

  // ---- starting
  /// The network namespace is there, empty.
  NAMESPACE_MADE,
  /// The container is plugged in, and its ports are published.
  NETWORK_ATTACHED,
  /// Its root is mounted.
  ROOT_MOUNTED,
  /// Its volumes are mounted.
  VOLUMES_MOUNTED,
  /// The files that it was given are there, in memory.
  FILES_PROVIDED,
  /// What the runtime needs is written.
  SPEC_WRITTEN,
  /// The monitor runs, and the container's first process waits for its start.
  MONITOR_STARTED,
  /// The program runs; the record does not say so.
  PROCESS_STARTED,
  /// The record says that it runs; nobody heard of it.
  START_RECORDED,

  // ---- ending and removing
  /// The record says that it ended; what the start made is still there.
  END_RECORDED,
  /// Its processes and cgroups are gone.
  CGROUP_REMOVED,
  /// Its root is unmounted.
  ROOT_UNMOUNTED,
  /// It is unplugged from its networks.
  NETWORK_DETACHED,
  /// Its network namespace is gone.
  NAMESPACE_REMOVED,
  /// The record says that it goes.
  REMOVAL_RECORDED,
  /// Its volumes are free, and the anonymous ones gone if they were to go.
  VOLUMES_RELEASED,
  /// All that it had on the disk is gone but its record.
  FILES_DELETED,
  /// Its record is gone.
  RECORD_DELETED
}
