package swarm.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DnsZoneTest {
  private record Table(boolean asksOthers) implements Names {
    private static final Map<String, List<String>> ALL =
        Map.of("web", List.of("10.0.0.2"), "all", List.of("10.0.0.2", "10.0.0.3"));

    @Override
    public List<Inet4Address> addresses(String name) {
      return ALL.getOrDefault(name, List.of()).stream().map(Inet4Address::ofLiteral).toList();
    }

    @Override
    public Optional<String> name(Inet4Address address) {
      return address.getHostAddress().equals("10.0.0.2") ? Optional.of("web.n") : Optional.empty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "web, 1, true, 0 10.0.0.2",
    "WEB, 1, true, 0 10.0.0.2",
    "web, 28, true, 0",
    "web, 15, false, 0",
    "all, 1, true, 0 10.0.0.2 10.0.0.3",
    "other, 1, true, forward",
    "other, 28, true, forward",
    "other, 1, false, 3",
    "2.0.0.10.in-addr.arpa, 12, true, 0 web.n",
    "9.0.0.10.in-addr.arpa, 12, true, forward",
    "9.0.0.10.in-addr.arpa, 12, false, 3",
    "256.0.0.10.in-addr.arpa, 12, true, forward",
    "02.0.0.10.in-addr.arpa, 12, true, forward",
    "2.0.0.10.10.in-addr.arpa, 12, true, forward",
    "web, 12, true, forward",
  })
  void whoAnswersWhat(String name, int type, boolean asksOthers, String answer) {
    var question = new DnsMessage.Question(name, type, DnsMessage.CLASS_IN);
    DnsZone.Decision decision = DnsZone.decide(question, new Table(asksOthers), new Random(1));
    String text =
        switch (decision) {
          case DnsZone.Decision.Forward() -> "forward";
          case DnsZone.Decision.Local(int code, var answers) ->
              (code
                      + " "
                      + String.join(
                          " ", answers.stream().map(a -> text(a.data())).sorted().toList()))
                  .strip();
        };
    assertThat(text).isEqualTo(answer);
  }

  private static String text(DnsMessage.Data data) {
    return switch (data) {
      case DnsMessage.Data.Address(var address) -> address.getHostAddress();
      case DnsMessage.Data.Pointer(String name) -> name;
      case DnsMessage.Data.Other(int type) -> "type " + type;
    };
  }

  @Test
  void otherClassesAreAskedElsewhere() {
    var question = new DnsMessage.Question("web", 1, 3);
    assertThat(DnsZone.decide(question, new Table(true), new Random(1)))
        .isInstanceOf(DnsZone.Decision.Forward.class);
  }
}
