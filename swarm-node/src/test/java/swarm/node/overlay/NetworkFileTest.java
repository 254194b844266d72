package swarm.node.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.rpc.SessionMessages;

class NetworkFileTest {
  @Test
  void whatWasKeptIsThereAgain(@TempDir Path folder) throws Exception {
    Path path = folder.resolve("overlays");
    ClusterNetwork network =
        ClusterNetwork.of(
                "w", new SessionMessages.OverlayNetwork("front", 4097, 4789, 1, 24, true, 0))
            .with(
                new SessionMessages.OverlayChange(
                    "w",
                    null,
                    List.of(
                        new SessionMessages.OverlayEndpoint(
                            -5, "192.0.2.1", List.of("web.1"), "s1", true)),
                    List.of(),
                    List.of(new SessionMessages.OverlayService("s1", "web", 7, List.of("www"))),
                    List.of()));
    var all = new TreeMap<String, ClusterNetwork>(Map.of("w", network));
    try (var file = new NetworkFile(path)) {
      assertThat(file.load()).isNull();
      file.keep(NetworkFile.Kept.of(all, Inet4Address.ofLiteral("192.0.2.9")));
    }
    try (var file = new NetworkFile(path)) {
      NetworkFile.Kept kept = file.load();
      assertThat(kept).isNotNull();
      if (kept != null) {
        assertThat(kept.byId()).isEqualTo(all);
        assertThat(kept.underlay()).isEqualTo("192.0.2.9");
      }
    }
    var _ = Files.writeString(path, "nonsense");
    try (var file = new NetworkFile(path)) {
      assertThat(file.load()).as("managers will say it again").isNull();
    }
  }
}
