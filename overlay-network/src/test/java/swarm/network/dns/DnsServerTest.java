package swarm.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import swarm.linux.NetworkNamespaces;
import swarm.network.TestHost;

/// In a network namespace that stands for a container, with a server elsewhere of the test's own.
class DnsServerTest {
  private static final int LIMIT_MILLIS = 20_000;
  private static final int MANY = 60;
  private static final Inet4Address WEB = Inet4Address.ofLiteral("10.0.0.2");
  private static final Inet4Address ELSEWHERE = Inet4Address.ofLiteral("192.0.2.1");

  private final TestHost container;
  private final DatagramSocket upstream;
  private DnsServer server;

  private static final class Web implements Names {
    @Override
    public List<Inet4Address> addresses(String name) {
      return switch (name) {
        case "web" -> List.of(WEB);
        case "many" -> Collections.nCopies(MANY, WEB);
        default -> List.of();
      };
    }

    @Override
    public Optional<String> name(Inet4Address address) {
      return Optional.empty();
    }

    @Override
    public boolean asksOthers() {
      return true;
    }
  }

  DnsServerTest() throws IOException {
    TestHost.assumeRoot();
    TestHost.removeLeftovers();
    container = TestHost.create("dns");
    upstream = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
    upstream.setSoTimeout(LIMIT_MILLIS);
    server = open();
  }

  private DnsServer open() throws IOException {
    var address =
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), upstream.getLocalPort());
    return DnsServer.open(container.netns(), new Web(), List.of(new Upstream(address, false)));
  }

  @AfterEach
  void end() {
    server.close();
    upstream.close();
    container.close();
  }

  private static DnsMessage question(String name) {
    return new DnsMessage(
        4711, 0x0100, new DnsMessage.Question(name, DnsMessage.TYPE_A, 1), List.of());
  }

  private static DnsMessage receive(DatagramSocket socket, DatagramPacket packet)
      throws IOException, DnsFormatException {
    socket.receive(packet);
    return DnsMessage.decode(Arrays.copyOf(packet.getData(), packet.getLength()));
  }

  private DatagramSocket socket() throws IOException {
    DatagramSocket socket =
        NetworkNamespaces.call(
            container.netns(), () -> new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1")));
    socket.setSoTimeout(LIMIT_MILLIS);
    return socket;
  }

  private DatagramSocket ask(String name) throws IOException, DnsFormatException {
    DatagramSocket socket = socket();
    byte[] query = question(name).encode(512);
    socket.send(new DatagramPacket(query, query.length, DnsRules.ADDRESS, 53));
    return socket;
  }

  private static DnsMessage answer(DatagramSocket socket) throws IOException, DnsFormatException {
    try (socket) {
      return receive(socket, new DatagramPacket(new byte[512], 512));
    }
  }

  private void knowsWeb() throws IOException, DnsFormatException {
    DnsMessage answer = answer(ask("web"));
    assertThat(answer.id()).isEqualTo(4711);
    assertThat(answer.answers())
        .containsExactly(
            new DnsMessage.Answer("web", DnsZone.TTL, new DnsMessage.Data.Address(WEB)));
  }

  @Test
  void namesAreAnsweredOverUdpAndTcp() throws Exception {
    knowsWeb();
    try (Socket socket = NetworkNamespaces.call(container.netns(), () -> new Socket())) {
      // connecting on the thread that entered, for Java opens the socket only then
      NetworkNamespaces.<Boolean>call(
          container.netns(),
          () -> {
            socket.connect(new InetSocketAddress(DnsRules.ADDRESS, 53), LIMIT_MILLIS);
            return true;
          });
      socket.setSoTimeout(LIMIT_MILLIS);
      var out = new DataOutputStream(socket.getOutputStream());
      var in = new DataInputStream(socket.getInputStream());
      for (int i = 0; i < 2; i++) {
        Forwarder.write(out, question("web").encode(512));
        assertThat(DnsMessage.decode(Forwarder.read(in)).answers()).hasSize(1);
      }
    }
  }

  @Test
  void whatNobodyKnowsIsAskedElsewhereUnderAnotherNumber() throws Exception {
    try (DatagramSocket asker = ask("elsewhere.example")) {
      var packet = new DatagramPacket(new byte[512], 512);
      DnsMessage asked = receive(upstream, packet);
      var right =
          new DnsMessage.Answer("elsewhere.example", 9, new DnsMessage.Data.Address(ELSEWHERE));
      var forged = new DnsMessage.Answer("elsewhere.example", 9, new DnsMessage.Data.Address(WEB));
      var other =
          new DnsMessage(asked.id() ^ 1, asked.flags(), asked.question(), List.of())
              .answer(0, List.of(forged));
      for (DnsMessage sent : List.of(other, asked.answer(0, List.of(right)))) {
        byte[] bytes = sent.encode(512);
        upstream.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
      }
      DnsMessage got = receive(asker, new DatagramPacket(new byte[512], 512));
      assertThat(got.id()).isEqualTo(4711);
      assertThat(got.answers()).containsExactly(right);
    }
  }

  @Test
  void anAnswerIsNotAskedForAgain() throws Exception {
    try (DatagramSocket asker = ask("elsewhere.example")) {
      var packet = new DatagramPacket(new byte[512], 512);
      DnsMessage asked = receive(upstream, packet);
      var found =
          new DnsMessage.Answer("elsewhere.example", 250, new DnsMessage.Data.Address(ELSEWHERE));
      byte[] bytes = asked.answer(0, List.of(found)).encode(512);
      upstream.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
      assertThat(receive(asker, new DatagramPacket(new byte[512], 512)).answers())
          .containsExactly(found);
    }
    upstream.close();
    assertThat(answer(ask("Elsewhere.example")).answers())
        .extracting(DnsMessage.Answer::data)
        .containsExactly(new DnsMessage.Data.Address(ELSEWHERE));
  }

  @Test
  void whoKnowsEdnsGetsLongAnswers() throws Exception {
    try (DatagramSocket asker = socket()) {
      byte[] bare = question("many").encode(512);
      var edns = new Edns(1232, 0, false, false);
      byte[] query = edns.in(bare, 0);
      asker.send(new DatagramPacket(query, query.length, DnsRules.ADDRESS, 53));
      var packet = new DatagramPacket(new byte[4096], 4096);
      DnsMessage all = receive(asker, packet);
      assertThat(all.isTruncated()).isFalse();
      assertThat(all.answers()).hasSize(MANY);
      assertThat(Edns.of(Arrays.copyOf(packet.getData(), packet.getLength()))).isPresent();
      asker.send(new DatagramPacket(bare, bare.length, DnsRules.ADDRESS, 53));
      assertThat(receive(asker, packet).isTruncated()).isTrue();
    }
  }

  @Test
  void aServerThatIsNotThereIsToldAsAFailure() throws Exception {
    upstream.close();
    assertThat(answer(ask("elsewhere.example")).responseCode())
        .isEqualTo(DnsMessage.SERVER_FAILURE);
  }

  @Test
  void aContainerMayBeANameServerItself() throws Exception {
    try (DatagramSocket own =
        NetworkNamespaces.call(container.netns(), () -> new DatagramSocket(53))) {
      assertThat(own.isBound()).isTrue();
      knowsWeb();
    }
  }

  @Test
  void theNextDaemonTakesOver() throws Exception {
    server.close();
    server = open();
    knowsWeb();
    assertThat(container.exec("nft", "list", "table", "ip", "swarm_dns")).contains("127.0.0.11");
  }
}
