package swarm.runtime.container;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// Which containers there are, by id and by name. Thread-safe.
final class Registry {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");

  /// As that of volumes and networks.
  private static final int LONGEST_NAME = 255;

  private final Map<String, ManagedContainer> byId = new ConcurrentHashMap<>();
  // Names are taken before the container is there and given back after it has gone.
  private final Map<String, String> idByName = new ConcurrentHashMap<>();

  /// Takes a name for a new container, or a new one for an old.
  ///
  /// @throws EngineException INVALID for what no container may be called, CONFLICT for one taken
  void reserve(String name, String id) throws EngineException {
    checkName(name);
    reserveKnown(name, id);
  }

  /// As [#reserve], of a container found on the disk: it keeps its name, whatever the rule was when
  /// it was made.
  void reserveKnown(String name, String id) throws EngineException {
    String holder = idByName.putIfAbsent(name, id);
    if (holder != null) {
      throw EngineException.conflict(
          "Conflict. The container name \"/"
              + name
              + "\" is already in use by container \""
              + holder
              + "\". You have to remove (or rename) that container to be able to reuse that name.");
    }
  }

  private static void checkName(String name) throws EngineException {
    if (name.length() > LONGEST_NAME) {
      throw EngineException.invalid(
          "Invalid container name ("
              + name.substring(0, 20)
              + "...): it has "
              + name.length()
              + " characters, the limit is "
              + LONGEST_NAME);
    }
    if (!NAME.matcher(name).matches()) {
      throw EngineException.invalid(
          "Invalid container name (" + name + "), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
    }
  }

  void release(String name, String id) {
    idByName.remove(name, id);
  }

  void add(ManagedContainer container) {
    byId.put(container.id(), container);
  }

  void remove(ManagedContainer container) {
    byId.remove(container.id());
  }

  boolean hasId(String id) {
    return byId.containsKey(id);
  }

  boolean hasName(String name) {
    return idByName.containsKey(name);
  }

  List<ManagedContainer> all() {
    return new ArrayList<>(byId.values());
  }

  /// Finds by id, by name (with or without a leading slash) or by a prefix of the id that only one
  /// has, in this order.
  ManagedContainer find(String reference) throws EngineException {
    ManagedContainer exact = byId.get(reference);
    if (exact != null) {
      return exact;
    }
    String name = reference.startsWith("/") ? reference.substring(1) : reference;
    String id = idByName.get(name);
    ManagedContainer named = id == null ? null : byId.get(id);
    if (named != null) {
      return named;
    }
    List<ManagedContainer> matching =
        reference.isEmpty()
            ? List.of()
            : byId.values().stream().filter(c -> c.id().startsWith(reference)).toList();
    return switch (matching.size()) {
      case 0 -> throw EngineException.notFound(reference);
      case 1 -> matching.getFirst();
      default ->
          throw EngineException.invalid("Multiple IDs found with provided prefix: " + reference);
    };
  }
}
