package swarm.node.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.raft.engine.Timing;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.ReservedLabels;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;

/// Keeps the election timeout that the cluster's spec asks for beside the log, as a manager needs
/// it before it can read its log: it holds from its next start. Thread-safe.
final class ElectionTiming implements Store.Watcher {
  private static final Logger LOG = LoggerFactory.getLogger(ElectionTiming.class);
  private static final Duration REQUESTS = Duration.ofSeconds(3);

  private final Path file;

  /// @param log the folder of the manager's log
  ElectionTiming(Path log) {
    file = log.resolveSibling(log.getFileName() + "-election-timeout");
  }

  /// The clocks that the log is to be opened with.
  Timing read() throws IOException {
    if (!Files.exists(file)) {
      return Timing.lan();
    }
    return ReservedLabels.duration(Files.readString(file).strip())
        .map(ElectionTiming::of)
        .orElseGet(Timing::lan);
  }

  /// A follower stands for election after half of the timeout to all of it.
  static Timing of(Duration timeout) {
    Timing lan = Timing.lan();
    Duration requests = timeout.multipliedBy(4);
    return new Timing(
        timeout.dividedBy(2),
        timeout,
        requests.compareTo(REQUESTS) > 0 ? requests : REQUESTS,
        timeout.compareTo(lan.rpcTimeout()) > 0 ? timeout : lan.rpcTimeout());
  }

  @Override
  public void changed(ClusterState state, List<Change> changes) {
    Cluster cluster = state.cluster();
    if (cluster != null && Store.Watcher.concernsCluster(changes)) {
      write(cluster.electionTimeout());
    }
  }

  private void write(Optional<Duration> timeout) {
    try {
      String text = timeout.map(t -> t.toMillis() + "ms").orElse("");
      if (text.isEmpty()) {
        Files.deleteIfExists(file);
      } else if (!Files.exists(file) || !Files.readString(file).equals(text)) {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, text);
        Files.move(
            fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        LOG.info("elections time out after {} from this manager's next start", text);
      }
    } catch (IOException e) {
      LOG.warn("the election timeout could not be kept: {}", e.getMessage());
    }
  }
}
