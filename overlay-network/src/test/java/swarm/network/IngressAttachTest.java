package swarm.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Inet4Address;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tasks are plugged into the routing mesh while it changes for others.
class IngressAttachTest {
  private static final String TASK = "a".repeat(64);
  private static final Inet4Address HOST = Inet4Address.ofLiteral("10.77.0.1");
  private static final Inet4Address ADDRESS = Inet4Address.ofLiteral("10.255.0.10");
  private static final int TIMES = 20;

  private List<TestHost> lan = List.of();
  private TestHost task;
  private HostNetwork network;

  @BeforeEach
  void setUp() throws IOException {
    TestHost.assumeRoot();
    TestHost.removeLeftovers();
    lan = TestHost.lan(1);
    task = TestHost.create("t");
    network = HostNetwork.open(HostNetworkOptions.defaults().withNetns(lan.getFirst().netns()));
  }

  @AfterEach
  void tearDown() {
    if (network != null) {
      network.close();
      task.close();
      lan.forEach(TestHost::close);
    }
  }

  /// With one port published, or two.
  private static IngressState state(boolean two) {
    var one = new IngressState.PublishedPort(TransportProtocol.TCP, 8080, 80, List.of(ADDRESS));
    var other = new IngressState.PublishedPort(TransportProtocol.TCP, 8081, 80, List.of());
    return new IngressState(
        4096,
        Inet4Network.parse("10.255.0.0/16"),
        Inet4Address.ofLiteral("10.255.0.2"),
        HOST,
        4789,
        List.of(),
        List.of(),
        two ? List.of(one, other) : List.of(one));
  }

  @Test
  void aTaskWaitsForTheFirstState() throws Exception {
    network.attachBridge(TASK, task.netns(), Inet4Address.ofLiteral("172.18.0.2"));
    var attached = new FutureTask<>(() -> attach());
    Thread thread = Thread.ofPlatform().start(attached);
    WebServer.await(() -> thread.getState() == Thread.State.TIMED_WAITING, "the task waits");
    network.applyIngress(state(false));
    assertThat(attached.get()).isTrue();
    assertThat(task.ip("address", "show", "eth1")).contains("10.255.0.10/16");
  }

  private boolean attach() throws IOException {
    network.attachIngress(TASK, task.netns(), ADDRESS);
    return true;
  }

  @Test
  void aTaskIsAttachedWhileTheStateChanges() throws Exception {
    network.applyIngress(state(false));
    network.attachBridge(TASK, task.netns(), Inet4Address.ofLiteral("172.18.0.2"));
    var done = new AtomicBoolean();
    try (var others = Executors.newSingleThreadExecutor()) {
      var changes =
          others.submit(
              () -> {
                for (boolean two = true; !done.get(); two = !two) {
                  network.applyIngress(state(two));
                }
                return true;
              });
      try {
        for (int i = 0; i < TIMES; i++) {
          network.attachIngress(TASK, task.netns(), ADDRESS);
          network.detachIngress(TASK);
        }
      } finally {
        done.set(true);
      }
      assertThat(changes.get()).isTrue();
    }
  }
}
