package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// `swarm node inspect --pretty`, laid out as Docker's is.
public final class NodeText {
  /// As Go prints a time: no zeros at the end of the second's fraction.
  private static final DateTimeFormatter GO_TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendLiteral(" +0000 utc")
          .toFormatter(Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final StringBuilder out = new StringBuilder();

  private NodeText() {}

  /// @param node as `GET /nodes/ID` has it
  /// @return the text with its line ends
  public static String of(JsonNode node) {
    var text = new NodeText();
    text.identity(node);
    text.status(node);
    text.machine(node.path("Description"));
    return text.out.toString();
  }

  private void identity(JsonNode node) {
    line("ID:\t\t\t" + node.path("ID").asText());
    given("Name:\t\t\t", node.at("/Spec/Name"));
    labels("Labels:", node.at("/Spec/Labels"));
    line("Hostname:              \t" + node.at("/Description/Hostname").asText());
    line("Joined at:             \t" + time(node.path("CreatedAt").asText()));
  }

  private void status(JsonNode node) {
    JsonNode status = node.path("Status");
    line("Status:");
    line(" State:\t\t\t" + sentence(status.path("State")));
    String message = sentence(status.path("Message"));
    if (!message.isEmpty()) {
      line(" Message:              \t" + message);
    }
    line(" Availability:         \t" + sentence(node.at("/Spec/Availability")));
    given(" Address:\t\t", status.path("Addr"));
    JsonNode manager = node.path("ManagerStatus");
    if (manager.isObject()) {
      line("Manager Status:");
      line(" Address:\t\t" + manager.path("Addr").asText());
      line(" Raft Status:\t\t" + sentence(manager.path("Reachability")));
      line(" Leader:\t\t" + (manager.path("Leader").asBoolean() ? "Yes" : "No"));
    }
  }

  private void machine(JsonNode description) {
    line("Platform:");
    line(" Operating System:\t" + description.at("/Platform/OS").asText());
    line(" Architecture:\t\t" + description.at("/Platform/Architecture").asText());
    line("Resources:");
    line(" CPUs:\t\t\t" + description.at("/Resources/NanoCPUs").asLong() / 1_000_000_000);
    long memory = description.at("/Resources/MemoryBytes").asLong();
    line(" Memory:\t\t" + (memory == 0 ? "" : Human.memory(memory)));
    JsonNode engine = description.path("Engine");
    Map<String, String> plugins = plugins(engine.path("Plugins"));
    if (!plugins.isEmpty()) {
      line("Plugins:");
      plugins.forEach((type, names) -> line(" " + type + ":\t\t" + names));
    }
    line("Engine Version:\t\t" + engine.path("EngineVersion").asText());
    labels("Engine Labels:", engine.path("Labels"));
    JsonNode tls = description.path("TLSInfo");
    if (!tls.isEmpty()) {
      line("TLS Info:");
      line(" TrustRoot:\n" + tls.path("TrustRoot").asText());
      line(" Issuer Subject:\t" + tls.path("CertIssuerSubject").asText());
      line(" Issuer Public Key:\t" + tls.path("CertIssuerPublicKey").asText());
    }
  }

  private static Map<String, String> plugins(JsonNode all) {
    var names = new TreeMap<String, String>();
    for (JsonNode one : all) {
      names.merge(one.path("Type").asText(), one.path("Name").asText(), (a, b) -> a + ", " + b);
    }
    return names;
  }

  private void labels(String title, JsonNode labels) {
    if (!labels.isEmpty()) {
      line(title);
      Words.pairs(labels, "=").forEach(label -> line(" - " + label));
    }
  }

  /// A capital first, all others small.
  private static String sentence(JsonNode value) {
    return Words.capital(value.asText("").toLowerCase(Locale.ROOT));
  }

  /// A time as Go prints it.
  static String time(String text) {
    try {
      return GO_TIME.format(Instant.parse(text));
    } catch (DateTimeException _) {
      return text; // whatever the daemon calls a time
    }
  }

  private void given(String title, JsonNode value) {
    if (!value.asText("").isEmpty()) {
      line(title + value.asText());
    }
  }

  private void line(String line) {
    out.append(line).append('\n');
  }
}
