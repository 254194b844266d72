package swarm.runtime.oci;

import java.util.List;

/// Limits of disk input and output, as Docker's API has them.
///
/// @param weight relative, 10 to 1000; 0 for none
/// @param weightDevices weights of single devices
/// @param readBps most bytes a second that are read from devices
/// @param writeBps most bytes a second that are written
/// @param readIops most reads a second
/// @param writeIops most writes a second
public record BlockIo(
    int weight,
    List<Device> weightDevices,
    List<Device> readBps,
    List<Device> writeBps,
    List<Device> readIops,
    List<Device> writeIops) {
  /// No limits.
  public static final BlockIo UNLIMITED =
      new BlockIo(0, List.of(), List.of(), List.of(), List.of(), List.of());

  // A component that is missing in a file of an older version is null here.
  public BlockIo {
    weightDevices = weightDevices == null ? List.of() : List.copyOf(weightDevices);
    readBps = readBps == null ? List.of() : List.copyOf(readBps);
    writeBps = writeBps == null ? List.of() : List.copyOf(writeBps);
    readIops = readIops == null ? List.of() : List.copyOf(readIops);
    writeIops = writeIops == null ? List.of() : List.copyOf(writeIops);
  }

  /// A value for one device of the host.
  ///
  /// @param path such as `/dev/sda`
  public record Device(String path, long value) {}

  /// These with another weight.
  public BlockIo withWeight(int other) {
    return new BlockIo(other, weightDevices, readBps, writeBps, readIops, writeIops);
  }
}
