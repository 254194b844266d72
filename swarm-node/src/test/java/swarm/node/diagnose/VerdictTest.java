package swarm.node.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.node.diagnose.NodeReport.Answer;
import swarm.node.diagnose.NodeReport.Peer;
import swarm.node.diagnose.Verdict.Asked;
import swarm.node.diagnose.Verdict.Finding;
import swarm.scheduler.model.Wire;

class VerdictTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final Peer GOOD =
      new Peer("192.0.2.2", Answer.ANSWERED, 1500, true, Answer.ANSWERED, 1450);
  private static final Asked OTHER = new Asked("two", "192.0.2.2", true, null, 0, "");

  private static NodeReport report(long clock, Peer peer, NodeReport.Virtual... addresses) {
    return new NodeReport(
        clock, 1500, 1450, 3, List.of(peer), List.of(addresses), List.of(), List.of());
  }

  private static List<Finding> of(NodeReport report) {
    return Verdict.of(List.of(new Asked("one", "192.0.2.1", true, report, NOW, ""), OTHER), 4789);
  }

  private static void isWrong(NodeReport report, String... words) {
    List<Finding> findings = of(report);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().wrong()).isTrue();
    assertThat(findings.getFirst().text()).contains(words);
  }

  private static Peer peer(Answer direct, int link, boolean echo, Answer tcp, int tunnel) {
    return new Peer("192.0.2.2", direct, link, echo, tcp, tunnel);
  }

  @Test
  void whereAllAnswersNothingIsWrong() {
    assertThat(of(report(NOW + 20, GOOD)))
        .containsExactly(
            new Finding(false, "nothing wrong was found: what 1 node tried to reach answered"));
  }

  @Test
  void aTunnelThatIsShut() {
    isWrong(
        report(NOW, peer(Answer.ANSWERED, 1500, false, Answer.SILENT, 0)),
        "nothing comes through the tunnel from one to two",
        "UDP port 4789",
        "192.0.2.1 and 192.0.2.2");
  }

  @Test
  void checksums() {
    isWrong(
        report(NOW, peer(Answer.ANSWERED, 1500, true, Answer.SILENT, 0)),
        "from one to two carries ICMP, but neither TCP nor UDP",
        "ethtool -K LINK tx-checksum-ip-generic off",
        "3 damaged packets");
  }

  @Test
  void sizes() {
    isWrong(
        report(NOW, peer(Answer.ANSWERED, 1400, true, Answer.ANSWERED, 1280)),
        "loses packets of more than about 1280 bytes, though its MTU is 1450",
        "must carry 1500 bytes",
        "--opt com.docker.network.driver.mtu=1280");
    assertThat(of(report(NOW, peer(Answer.ANSWERED, 1400, true, Answer.ANSWERED, 1450))))
        .first()
        .isEqualTo(
            new Finding(
                false,
                "the way from one to two carries packets of about 1400 bytes whole, its link 1500:"
                    + " larger ones are cut or lost"));
  }

  @Test
  void whatDoesNotAnswerAlthoughTheHostIsReady() {
    isWrong(
        report(NOW, peer(Answer.SILENT, 0, true, Answer.ANSWERED, 1450)),
        "TCP from one to two (192.0.2.2) gets no answer at the cluster port");
    isWrong(
        report(NOW, peer(Answer.ANSWERED, 0, true, Answer.SILENT, 1450)),
        "carries datagrams, but no TCP");
  }

  @Test
  void aNodeThatIsDownIsToldOnce() {
    var down = new Asked("two", "192.0.2.2", false, null, 0, "it is down");
    var up =
        new Asked(
            "one",
            "192.0.2.1",
            true,
            report(NOW, peer(Answer.SILENT, 0, false, Answer.SILENT, 0)),
            NOW,
            "");
    assertThat(Verdict.of(List.of(up, down), 4789))
        .containsExactly(new Finding(true, "two gave no report: it is down"));
  }

  @Test
  void clocks() {
    isWrong(report(NOW + 2_500, GOOD), "the clock of one is 2.5 s ahead of this manager's");
    isWrong(report(NOW - 700, GOOD), "the clock of one is 0.7 s behind this manager's");
  }

  @Test
  void virtualAddresses() {
    isWrong(
        report(NOW, GOOD, new NodeReport.Virtual("front", "web", "10.1.0.2", 3, false)),
        "containers on one get no answer from web (10.1.0.2, network front), though 3");
    assertThat(of(report(NOW, GOOD, new NodeReport.Virtual("front", "web", "10.1.0.2", 0, false))))
        .extracting(Finding::text)
        .first()
        .isEqualTo(
            "no task of web (10.1.0.2, network front) takes calls: containers on one are refused");
  }

  @Test
  void aReportComesBackFromItsBytes() throws java.io.IOException {
    NodeReport report =
        report(NOW, GOOD, new NodeReport.Virtual("front", "web", "10.1.0.2", 3, true));
    assertThat(Wire.JSON.readValue(Wire.JSON.writeValueAsBytes(report), NodeReport.class))
        .isEqualTo(report);
  }

  /// What a node sends is from outside.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "null",
        "[]",
        "{}",
        "{\"Peers\":[null]}",
        "{\"Peers\":[],\"Addresses\":[]}",
        "{\"Peers\":[{}],\"Addresses\":[],\"Problems\":[]}",
      })
  void whatIsNoReportIsNotRead(String text) {
    assertThat(NodeReport.read(text.getBytes(StandardCharsets.UTF_8))).isEmpty();
  }

  @Test
  void aReportComesAsItWas() throws Exception {
    NodeReport report = report(NOW, GOOD);
    assertThat(NodeReport.read(Wire.JSON.writeValueAsBytes(report))).contains(report);
  }
}
