package swarm.cli.compose;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Keys of services that stacks do not have, in the words of `docker stack`.
final class Properties {
  private static final List<String> UNSUPPORTED =
      List.of(
          "build",
          "cgroupns_mode",
          "cgroup_parent",
          "devices",
          "domainname",
          "external_links",
          "ipc",
          "links",
          "mac_address",
          "network_mode",
          "pid",
          "privileged",
          "restart",
          "security_opt",
          "shm_size",
          "userns_mode");

  private static final Map<String, String> DEPRECATED =
      Map.of(
          "container_name",
          "Setting the container name is not supported.",
          "expose",
          "Exposing ports is unnecessary - services on the same network can access each other's"
              + " containers on any port.");

  private static final String LIMITS = "Set resource limits using deploy.resources";

  private static final Map<String, String> FORBIDDEN =
      Map.of(
          "extends", "Support for `extends` is not implemented yet.",
          "volume_driver",
              "Instead of setting the volume driver on the service, define a volume using the"
                  + " top-level `volumes` option and specify the driver there.",
          "volumes_from",
              "To share a volume between services, define it using the top-level `volumes` option"
                  + " and reference it from each service that shares it using the service-level"
                  + " `volumes` option.",
          "cpu_quota", LIMITS,
          "cpu_shares", LIMITS,
          "cpuset", LIMITS,
          "mem_limit", LIMITS,
          "memswap_limit", LIMITS);

  private Properties() {}

  static Set<String> forbidden() {
    return new TreeSet<>(FORBIDDEN.keySet());
  }

  /// @throws ComposeException where a service has what it cannot have
  static void check(Value.Members file) throws ComposeException {
    var found = new TreeMap<String, Place>();
    services(file)
        .forEach(
            (_, service) ->
                service
                    .all()
                    .forEach(
                        (key, value) -> {
                          if (FORBIDDEN.containsKey(key)) {
                            found.putIfAbsent(key, value.place());
                          }
                        }));
    if (!found.isEmpty()) {
      throw new ComposeException(
          found.firstEntry().getValue(),
          "Compose file contains unsupported options:\n\n"
              + descriptions(found.keySet(), FORBIDDEN)
              + "\n");
    }
  }

  /// What to tell the user of keys that count for nothing.
  static List<String> warnings(List<Value.Members> files) {
    var unsupported = new TreeSet<String>();
    var deprecated = new TreeSet<String>();
    for (Value.Members file : files) {
      services(file)
          .forEach(
              (_, service) -> {
                for (String key : service.all().keySet()) {
                  if (UNSUPPORTED.contains(key)) {
                    unsupported.add(key);
                  } else if (DEPRECATED.containsKey(key)) {
                    deprecated.add(key);
                  }
                }
              });
    }
    var all = new java.util.ArrayList<String>();
    if (!unsupported.isEmpty()) {
      all.add("Ignoring unsupported options: " + String.join(", ", unsupported) + "\n");
    }
    if (!deprecated.isEmpty()) {
      all.add("Ignoring deprecated options:\n\n" + descriptions(deprecated, DEPRECATED) + "\n");
    }
    return all;
  }

  private static String descriptions(Set<String> keys, Map<String, String> of) {
    return String.join("\n\n", keys.stream().map(key -> key + ": " + of.get(key)).toList());
  }

  private static Map<String, Value.Members> services(Value.Members file) {
    var all = new TreeMap<String, Value.Members>();
    if (file.all().get("services") instanceof Value.Members services) {
      services
          .all()
          .forEach(
              (name, service) -> {
                if (service instanceof Value.Members members) {
                  all.put(name, members);
                }
              });
    }
    return all;
  }
}
