package swarm.node.membership;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import swarm.linux.PrivateFolders;
import swarm.raft.log.DamagedFileException;
import swarm.scheduler.model.Wire;

/// What a node must know of its own membership before any manager can tell it.
///
/// @param raftId this disk's id in Raft; empty on a worker
/// @param listenHost where the cluster port listens
/// @param port of the cluster port
/// @param address this node's address towards the others
/// @param managers the managers known last
/// @param device the network interface that had the address; null where none had, as it is
///   translated
/// @param log the folder of this manager's log, where it is not the usual one: a log that is begun
///   anew gets a folder of its own, and is this manager's from the moment that this file says so
/// @param dataPath what the traffic of containers goes by: an address of this host, or the
///   interface that has it; null for the address towards the others
record MemberFile(
    String raftId,
    String listenHost,
    int port,
    String address,
    List<String> managers,
    @Nullable String log,
    @Nullable String device,
    @Nullable String dataPath) {
  private static final String NAME = "member.json";
  private static final String CHECKSUM = "\ncrc32c ";
  private static final String LOG = "raft";
  private static final ObjectReader READER =
      Wire.JSON
          .readerFor(MemberFile.class)
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .with(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

  /// A file may lack what its writer never left out.
  MemberFile {
    requireNonNull(raftId, "raftId is missing");
    requireNonNull(listenHost, "listenHost is missing");
    requireNonNull(address, "address is missing");
    requireNonNull(managers, "managers is missing");
  }

  /// With its log in the usual folder.
  MemberFile(String raftId, String listenHost, int port, String address, List<String> managers) {
    this(raftId, listenHost, port, address, managers, null, Addresses.device(address), null);
  }

  /// The folder of the log.
  Path log(Path folder) {
    return folder.resolve(log == null ? LOG : log);
  }

  /// A name for the folder of a log that is begun anew; all folders of logs begin alike.
  static String newLog(String raftId) {
    return LOG + "-" + raftId;
  }

  /// Removes the logs that are not this manager's: what a crash left before or after the file
  /// changed.
  void removeOtherLogs(Path folder) throws IOException {
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, LOG + "*")) {
      for (Path each : logs) {
        if (!each.equals(log(folder))) {
          Folders.delete(each);
        }
      }
    }
  }

  /// Whether there is a log of a manager, whoever's it is.
  static boolean hasLogs(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, LOG + "*")) {
      for (Path each : logs) {
        if (Files.isDirectory(each)) {
          return true;
        }
      }
      return false;
    }
  }

  /// Whether there is anything of a log or of its key: a manager's.
  static boolean holdsLog(Path folder) {
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, LOG + "*")) {
      return logs.iterator().hasNext() || SealKeyFile.exists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Removes all logs: this node is no manager any more.
  void removeLogs(Path folder) throws IOException {
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, LOG + "*")) {
      for (Path each : logs) {
        Folders.delete(each);
      }
    }
  }

  /// The file in a node's folder.
  static Path path(Path folder) {
    return folder.resolve(NAME);
  }

  /// @throws DamagedFileException where the file is not as it was written
  static Optional<MemberFile> load(Path folder) throws IOException {
    Path file = path(folder);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      int end = text.lastIndexOf(CHECKSUM);
      if (end >= 0 && !text.substring(end).equals(checksum(text.substring(0, end)))) {
        throw damaged(file, "its contents and its checksum do not agree", null);
      }
      // the first versions wrote no checksum
      @Nullable MemberFile read = READER.readValue(end < 0 ? text : text.substring(0, end));
      if (read == null) {
        throw damaged(file, "it holds null", null);
      }
      return Optional.of(read);
    } catch (JsonProcessingException e) {
      throw damaged(file, e.getOriginalMessage(), e);
    }
  }

  private static String checksum(String text) {
    var crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return CHECKSUM + HexFormat.of().toHexDigits((int) crc.getValue()) + "\n";
  }

  private static DamagedFileException damaged(Path file, String why, @Nullable Throwable cause) {
    var damaged =
        new DamagedFileException(file, why + " (put it back from a copy, or join this node again)");
    damaged.initCause(cause);
    return damaged;
  }

  void save(Path folder) throws IOException {
    PrivateFolders.make(folder, PrivateFolders.OWNER_ONLY);
    byte[] json = Wire.JSON.writeValueAsBytes(this);
    String text = new String(json, StandardCharsets.UTF_8);
    Folders.replace(folder.resolve(NAME), (text + checksum(text)).getBytes(StandardCharsets.UTF_8));
  }

  /// As a manager, with a log of its own.
  MemberFile withLog(String newRaftId) {
    return new MemberFile(
        newRaftId, listenHost, port, address, managers, newLog(newRaftId), device, dataPath);
  }

  /// As a worker.
  MemberFile withoutLog() {
    return new MemberFile("", listenHost, port, address, managers, null, device, dataPath);
  }

  MemberFile withManagers(List<String> now) {
    return new MemberFile(raftId, listenHost, port, address, now, log, device, dataPath);
  }

  /// With another way for the traffic of containers.
  ///
  /// @param path empty for the address towards the others
  MemberFile withDataPath(String path) {
    return new MemberFile(
        raftId, listenHost, port, address, managers, log, device, path.isEmpty() ? null : path);
  }

  /// The address for the traffic of containers now.
  String dataPathAddress() {
    return dataPath == null ? address : Addresses.of(dataPath, dataPath);
  }

  /// Where this host is now: the interface that had the address may have another one.
  MemberFile relocated() {
    String now =
        device == null || Addresses.hasNow(address) ? address : Addresses.of(device, address);
    return now.equals(address)
        ? this
        : new MemberFile(
            raftId,
            listenHost.equals(address) ? now : listenHost,
            port,
            now,
            managers.stream().filter(known -> !known.equals(self())).toList(),
            log,
            device,
            dataPath);
  }

  String self() {
    return address + ":" + port;
  }

  /// The managers known last, without this node.
  List<String> others() {
    return managers.stream().filter(known -> !known.equals(self())).toList();
  }
}
