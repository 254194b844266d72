package swarm.scheduler.state;

import org.pcollections.TreePMap;

/// Sets of ids by a key, as the state keeps them; a key without ids has no entry. Pure.
final class Index {
  private Index() {}

  static TreePMap<String, TreePMap<String, Boolean>> enter(
      TreePMap<String, TreePMap<String, Boolean>> map, String key, String id) {
    TreePMap<String, Boolean> ids = map.get(key);
    return map.plus(key, (ids == null ? TreePMap.<String, Boolean>empty() : ids).plus(id, true));
  }

  /// @throws IllegalStateException where the key has no ids: state and index have parted
  static TreePMap<String, TreePMap<String, Boolean>> leave(
      TreePMap<String, TreePMap<String, Boolean>> map, String key, String id) {
    TreePMap<String, Boolean> ids = map.get(key);
    if (ids == null) {
      throw new IllegalStateException(id + " is missing in the index of " + key);
    }
    TreePMap<String, Boolean> rest = ids.minus(id);
    return rest.isEmpty() ? map.minus(key) : map.plus(key, rest);
  }
}
