package swarm.runtime.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import swarm.linux.Mounts;
import swarm.linux.PrivateFolders;
import swarm.runtime.archive.TreeSize;

/// The volumes of one node, with Docker's rules and words. A user is whoever a volume must stay
/// for: a container's id. Thread-safe; calls block on the disk, and [#mount] on what is mounted.
public final class VolumeStore {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int ID_BYTES = 32;

  private final VolumeRecords records;
  private final Path folder;
  private final Clock clock;
  private final Consumer<VolumeEvent> events;
  private final Map<String, ManagedVolume> volumes = new ConcurrentHashMap<>();

  /// Held while a volume is made, so that two callers make one.
  private final ReentrantLock creating = new ReentrantLock();

  private VolumeStore(Path folder, Clock clock, Consumer<VolumeEvent> events) {
    this.folder = folder;
    this.records = new VolumeRecords(folder);
    this.clock = clock;
    this.events = events;
  }

  /// Opens the store at `folder`. Who uses what is told with [#restore], then [#reconcile].
  ///
  /// @param events told what happens, in order for one volume; must not wait
  public static VolumeStore open(Path folder, Clock clock, Consumer<VolumeEvent> events)
      throws IOException {
    PrivateFolders.make(folder, PrivateFolders.ALL_PASS);
    var store = new VolumeStore(folder, clock, events);
    for (Volume volume : store.records.load()) {
      store.volumes.put(volume.name(), new ManagedVolume(volume));
    }
    return store;
  }

  /// What an earlier daemon's container uses; a volume that is gone is none any more.
  ///
  /// @param mounted whether the container runs
  public void restore(String name, String user, boolean mounted) {
    ManagedVolume managed = volumes.get(name);
    if (managed != null) {
      managed.users.add(user);
      if (mounted) {
        managed.mounted.add(user);
      }
    }
  }

  /// Takes away what was being made for containers that never came to be, and mounts that nobody
  /// uses.
  public void reconcile() throws IOException {
    for (ManagedVolume managed : List.copyOf(volumes.values())) {
      String name = managed.volume.name();
      Optional<String> maker = records.pendingFor(name);
      if (managed.mounted.isEmpty() && LocalMount.wanted(managed.volume)) {
        unmountAll(managed.volume);
      }
      if (maker.isPresent()) {
        if (managed.users.isEmpty()) {
          records.delete(name);
          volumes.remove(name);
        } else {
          records.settle(name);
        }
      }
    }
  }

  private static void unmountAll(Volume volume) throws IOException {
    for (Path point : Mounts.below(volume.mountpoint())) {
      LocalMount.unmount(point);
    }
  }

  /// Makes a volume; one of that name that is there already is given as it is, as Docker does.
  public Volume create(VolumeRequest request) throws IOException {
    return claim(request, "", false).volume();
  }

  /// @param created whether it was not there before
  public record Claim(Volume volume, boolean created) {}

  /// Makes a volume unless it is there, and has it stay for a user. What was made is gone after a
  /// crash unless [#settle] was called.
  public Claim claim(VolumeRequest request, String user) throws IOException {
    return claim(request, user, true);
  }

  private Claim claim(VolumeRequest request, String user, boolean used) throws IOException {
    String name = request.name().isEmpty() ? randomName() : request.name();
    LocalOptions.checkName(name);
    LocalOptions.checkDriver(name, request.driver());
    creating.lock();
    try {
      ManagedVolume there = volumes.get(name);
      if (there != null && (!used || use(there, user))) {
        return new Claim(there.volume, false);
      }
      LocalOptions.check(name, request.options());
      var labels = new LinkedHashMap<String, String>(request.labels());
      if (request.name().isEmpty()) {
        labels.put(Volume.ANONYMOUS, "");
      }
      var volume =
          new Volume(
              name, Volume.LOCAL, request.options(), labels, clock.instant(), records.data(name));
      records.create(volume, user);
      var managed = new ManagedVolume(volume);
      if (used) {
        managed.users.add(user);
      }
      volumes.put(name, managed);
      publish("create", name, Map.of("driver", Volume.LOCAL));
      return new Claim(volume, true);
    } finally {
      creating.unlock();
    }
  }

  private static boolean use(ManagedVolume managed, String user) {
    managed.lock.lock();
    try {
      if (!managed.removed) {
        managed.users.add(user);
      }
      return !managed.removed;
    } finally {
      managed.lock.unlock();
    }
  }

  /// 64 random hexadecimal digits.
  private static String randomName() {
    byte[] bytes = new byte[ID_BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// What was claimed is to stay, whatever happens.
  public void settle(String name) throws IOException {
    records.settle(name);
  }

  /// A user needs the volume no more.
  public void release(String name, String user) {
    ManagedVolume managed = volumes.get(name);
    if (managed != null) {
      managed.lock.lock();
      try {
        managed.users.remove(user);
      } finally {
        managed.lock.unlock();
      }
    }
  }

  /// A volume by its name.
  public Optional<Volume> find(String name) {
    return Optional.ofNullable(volumes.get(name)).map(m -> m.volume);
  }

  /// As [#find], with Docker's sentence where there is none.
  public Volume get(String name) throws VolumeException {
    return managed(name).volume;
  }

  private ManagedVolume managed(String name) throws VolumeException {
    ManagedVolume managed = volumes.get(name);
    if (managed == null) {
      throw new VolumeException(VolumeException.Kind.NOT_FOUND, "get " + name + ": no such volume");
    }
    return managed;
  }

  /// All volumes, by name.
  public List<Volume> list() {
    return volumes.values().stream()
        .map(m -> m.volume)
        .sorted(Comparator.comparing(Volume::name))
        .toList();
  }

  /// Who uses it, the first first; nobody where there is none.
  public List<String> users(String name) {
    ManagedVolume managed = volumes.get(name);
    if (managed == null) {
      return List.of();
    }
    managed.lock.lock();
    try {
      return List.copyOf(managed.users);
    } finally {
      managed.lock.unlock();
    }
  }

  /// What its files take, in bytes. Walks all of them.
  public long size(String name) throws IOException {
    return TreeSize.of(get(name).mountpoint());
  }

  /// Removes a volume with its content.
  ///
  /// @throws VolumeException CONFLICT while somebody uses it
  public void remove(String name) throws IOException {
    ManagedVolume managed = managed(name);
    managed.lock.lock();
    try {
      if (managed.removed) {
        throw new VolumeException(
            VolumeException.Kind.NOT_FOUND, "get " + name + ": no such volume");
      }
      if (!managed.users.isEmpty()) {
        throw new VolumeException(
            VolumeException.Kind.CONFLICT,
            "remove " + name + ": volume is in use - [" + String.join(", ", managed.users) + "]");
      }
      unmountAll(managed.volume);
      records.delete(name);
      managed.removed = true;
      volumes.remove(name, managed);
      publish("destroy", name, Map.of("driver", Volume.LOCAL));
    } finally {
      managed.lock.unlock();
    }
  }

  /// What pruning took away.
  ///
  /// @param names of the volumes
  /// @param bytes of their files
  public record Pruned(List<String> names, long bytes) {}

  /// Removes every volume that nobody uses and that `chosen` takes.
  public Pruned prune(Predicate<Volume> chosen) throws IOException {
    List<String> names = new ArrayList<>();
    long bytes = 0;
    for (Volume volume : list()) {
      if (chosen.test(volume) && users(volume.name()).isEmpty()) {
        try {
          long size = size(volume.name());
          remove(volume.name());
          names.add(volume.name());
          bytes += size;
        } catch (VolumeException e) {
          // used, or removed by somebody else, since it was looked at
          if (e.kind() == VolumeException.Kind.FAILED) {
            throw e;
          }
        }
      }
    }
    publish("prune", "", Map.of("reclaimed", Long.toString(bytes)));
    return new Pruned(names, bytes);
  }

  /// Has the volume's content at its folder until [#unmount]: with its first user, what its options
  /// name is mounted there.
  ///
  /// @param user any name; the same one twice counts once
  /// @return the folder
  public Path mount(String name, String user) throws IOException {
    ManagedVolume managed = managed(name);
    managed.lock.lock();
    try {
      if (LocalMount.wanted(managed.volume) && managed.mounted.isEmpty()) {
        LocalMount.mount(managed.volume);
      }
      managed.mounted.add(user);
      return managed.volume.mountpoint();
    } finally {
      managed.lock.unlock();
    }
  }

  /// A user has it mounted no more; with the last one, what is mounted goes. Does nothing where it
  /// was not.
  ///
  /// @return whether it was
  public boolean unmount(String name, String user) throws IOException {
    ManagedVolume managed = volumes.get(name);
    if (managed == null) {
      return false;
    }
    managed.lock.lock();
    try {
      boolean was = managed.mounted.remove(user);
      if (was && managed.mounted.isEmpty() && LocalMount.wanted(managed.volume)) {
        LocalMount.unmount(managed.volume.mountpoint());
      }
      return was;
    } finally {
      managed.lock.unlock();
    }
  }

  /// Fills a volume that is empty. Nobody sees it half filled, unless it has options: what they
  /// name is filled in place, and only while nobody has it mounted.
  public void seed(String name, VolumeSeeding.Filler filler) throws IOException {
    ManagedVolume managed = managed(name);
    managed.lock.lock();
    try {
      VolumeSeeding.seed(managed, records.staging(name), filler);
    } finally {
      managed.lock.unlock();
    }
  }

  /// Tells that a volume is at a place in a container, or is there no more.
  public void publish(String action, String name, Map<String, String> attributes) {
    events.accept(new VolumeEvent(action, name, clock.instant(), attributes));
  }

  /// Where the volumes are.
  public Path folder() {
    return folder;
  }
}
