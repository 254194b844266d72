package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import swarm.linux.HostText;

/// `/etc/hosts`, `/etc/hostname` and `/etc/resolv.conf` of a container: files of its own, mounted
/// over the image's.
final class EtcFiles {
  static final List<String> NAMES = List.of("hostname", "hosts", "resolv.conf");

  private static final String LOCAL_HOSTS =
      """
      127.0.0.1\tlocalhost
      ::1\tlocalhost ip6-localhost ip6-loopback
      fe00::\tip6-localnet
      ff00::\tip6-mcastprefix
      ff02::1\tip6-allnodes
      ff02::2\tip6-allrouters
      """;

  private EtcFiles() {}

  /// Makes the three files, those of the network still empty, so that they can be mounted.
  static void make(ContainerPaths paths, String id, String hostname) throws IOException {
    for (String name : NAMES) {
      Path file = paths.etc(id, name);
      if (!Files.exists(file)) {
        Files.createFile(file);
      }
      // Whatever the daemon's umask: any user in the container reads them.
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }
    Files.writeString(paths.etc(id, "hostname"), hostname + "\n");
  }

  /// Fills in what the network gave, in place: the files may be mounted already.
  ///
  /// @param hostGateway the address of [NameResolution#HOST_GATEWAY]
  static void fill(
      ContainerPaths paths,
      String id,
      ContainerConfig config,
      NetworkAttachment attachment,
      String hostGateway)
      throws IOException {
    boolean host = config.namespaces().networkMode().equals("host");
    String base = host ? HostText.of(Path.of("/etc/hosts")) : LOCAL_HOSTS;
    Files.writeString(
        paths.etc(id, "hosts"),
        hosts(base, config.nameResolution().extraHosts(), hostGateway, attachment.hosts()));
    String resolv =
        !attachment.resolvConf().isEmpty()
            ? attachment.resolvConf()
            : resolvConf(config, HostText.of(Path.of("/etc/resolv.conf")));
    Files.writeString(paths.etc(id, "resolv.conf"), resolv);
  }

  /// A container's own names in its hosts file, as Docker has them: the full one, and the part
  /// before its first dot.
  static String names(String hostname, String domainname) {
    String full = domainname.isEmpty() ? hostname : hostname + "." + domainname;
    int dot = full.indexOf('.');
    return dot < 0 ? full : full + " " + full.substring(0, dot);
  }

  static String hosts(String base, List<String> extra, String hostGateway, List<String> lines) {
    var text = new StringBuilder(base);
    if (!base.isEmpty() && !base.endsWith("\n")) {
      text.append('\n');
    }
    for (String entry : extra) {
      int colon = entry.indexOf(':');
      if (colon > 0) {
        String address = entry.substring(colon + 1);
        text.append(address.equals(NameResolution.HOST_GATEWAY) ? hostGateway : address)
            .append('\t')
            .append(entry, 0, colon)
            .append('\n');
      }
    }
    lines.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  /// The host's file, with those parts replaced that the configuration names.
  static String resolvConf(ContainerConfig config, String hostFile) {
    if (config.nameResolution().dnsServers().isEmpty()
        && config.nameResolution().dnsSearch().isEmpty()
        && config.nameResolution().dnsOptions().isEmpty()) {
      return hostFile;
    }
    var text = new StringBuilder();
    append(text, "nameserver ", config.nameResolution().dnsServers(), hostFile, false);
    search(text, config.nameResolution().dnsSearch(), hostFile);
    append(text, "options ", config.nameResolution().dnsOptions(), hostFile, true);
    return text.toString();
  }

  /// `.` among the domains is none: alone, it leaves not even the host's.
  private static void search(StringBuilder text, List<String> domains, String hostFile) {
    List<String> said = domains.stream().filter(domain -> !domain.equals(".")).toList();
    if (domains.isEmpty() || !said.isEmpty()) {
      append(text, "search ", said, hostFile, true);
    }
  }

  private static void append(
      StringBuilder text, String keyword, List<String> values, String hostFile, boolean oneLine) {
    if (values.isEmpty()) {
      hostFile
          .lines()
          .filter(line -> line.startsWith(keyword))
          .forEach(line -> text.append(line).append('\n'));
    } else if (oneLine) {
      text.append(keyword).append(String.join(" ", values)).append('\n');
    } else {
      values.forEach(value -> text.append(keyword).append(value).append('\n'));
    }
  }
}
