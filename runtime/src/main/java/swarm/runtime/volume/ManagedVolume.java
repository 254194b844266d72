package swarm.runtime.volume;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// A volume with those who use it. What can change is guarded by [#lock], which is held over
/// mounting, unmounting, filling and removing.
final class ManagedVolume {
  final ReentrantLock lock = new ReentrantLock();
  final Volume volume;

  /// Who it must stay for.
  final Set<String> users = new LinkedHashSet<>();

  /// Who has it mounted.
  final Set<String> mounted = new LinkedHashSet<>();

  boolean removed;

  ManagedVolume(Volume volume) {
    this.volume = volume;
  }
}
