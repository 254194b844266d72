package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import swarm.runtime.oci.BlockIo;
import swarm.runtime.oci.DeviceMapping;
import swarm.runtime.oci.SpecRequest;

/// Reads device nodes of the host.
final class HostDevices {
  private static final int TYPE_MASK = 0170000;
  private static final int CHARACTER = 0020000;
  private static final int BLOCK = 0060000;
  // The container gets these of its own.
  private static final List<String> OWN = List.of("pts", "shm", "fd", "mqueue", "console", "ptmx");

  private HostDevices() {}

  /// The nodes that mappings name; a mapping of a directory means all devices in it.
  static List<SpecRequest.Device> mapped(List<DeviceMapping> mappings)
      throws IOException, EngineException {
    List<SpecRequest.Device> devices = new ArrayList<>();
    for (DeviceMapping mapping : mappings) {
      Path host = Path.of(mapping.hostPath());
      if (!Files.exists(host)) {
        throw EngineException.invalid(
            "error gathering device information while adding custom device \""
                + mapping.hostPath()
                + "\": no such file or directory");
      }
      collect(host.toRealPath(), mapping.containerPath(), mapping.permissions(), devices);
    }
    return devices;
  }

  /// All of the host's, for a privileged container.
  static List<SpecRequest.Device> all() throws IOException {
    List<SpecRequest.Device> devices = new ArrayList<>();
    try (var children = Files.newDirectoryStream(Path.of("/dev"))) {
      for (Path child : children) {
        if (!OWN.contains(child.getFileName().toString())) {
          collect(child, child.toString(), "rwm", devices);
        }
      }
    }
    return devices;
  }

  /// The limits of disks, by their numbers.
  static List<SpecRequest.BlockRate> rates(BlockIo limits) throws IOException, EngineException {
    List<SpecRequest.BlockRate> rates = new ArrayList<>();
    add(rates, "weightDevice", limits.weightDevices());
    add(rates, "throttleReadBpsDevice", limits.readBps());
    add(rates, "throttleWriteBpsDevice", limits.writeBps());
    add(rates, "throttleReadIOPSDevice", limits.readIops());
    add(rates, "throttleWriteIOPSDevice", limits.writeIops());
    return rates;
  }

  private static void add(
      List<SpecRequest.BlockRate> rates, String field, List<BlockIo.Device> devices)
      throws IOException, EngineException {
    for (BlockIo.Device device : devices) {
      Map<String, Object> attributes;
      try {
        attributes = Files.readAttributes(Path.of(device.path()), "unix:rdev");
      } catch (NoSuchFileException e) {
        throw EngineException.invalid("stat " + device.path() + ": no such file or directory");
      }
      long number = number(attributes, "rdev").longValue();
      rates.add(new SpecRequest.BlockRate(field, major(number), minor(number), device.value()));
    }
  }

  // makedev(3): the numbers' bits are spread for the sake of old programs.
  private static int major(long number) {
    return (int) (((number >>> 8) & 0xfff) | ((number >>> 32) & 0xfffff000L));
  }

  private static int minor(long number) {
    return (int) ((number & 0xff) | ((number >>> 12) & 0xffffff00L));
  }

  private static void collect(
      Path host, String target, String access, List<SpecRequest.Device> into) throws IOException {
    if (Files.isDirectory(host, LinkOption.NOFOLLOW_LINKS)) {
      try (var children = Files.newDirectoryStream(host)) {
        for (Path child : children) {
          collect(child, target + "/" + child.getFileName(), access, into);
        }
      }
      return;
    }
    Map<String, Object> attributes;
    try {
      attributes = Files.readAttributes(host, "unix:mode,rdev,uid,gid", LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return;
    }
    int mode = number(attributes, "mode").intValue();
    int type = mode & TYPE_MASK;
    if (type == CHARACTER || type == BLOCK) {
      long number = number(attributes, "rdev").longValue();
      into.add(
          new SpecRequest.Device(
              target,
              type == BLOCK ? 'b' : 'c',
              major(number),
              minor(number),
              mode & 07777,
              number(attributes, "uid").longValue(),
              number(attributes, "gid").longValue(),
              access));
    }
  }

  private static Number number(Map<String, Object> attributes, String name) {
    return (Number) Objects.requireNonNull(attributes.get(name), name);
  }
}
