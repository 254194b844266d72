package swarm.network.dns;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is kept of others' answers, on the wire.
class AnswerCacheTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final String QUESTION = "02 6161 00 0001 0001";
  private static final String QUERY = "1234 0100 0001 0000 0000 0000" + QUESTION;
  private static final String OPT = "00 0029 1000 00000000 0000";

  private long now;
  private final AnswerCache cache = new AnswerCache(() -> now);

  private static byte[] bytes(String hex) {
    return HEX.parseHex(hex.replace(" ", ""));
  }

  private static String record(String name, int type, int ttl, String data) {
    return "%s %04x 0001 %08x %04x %s"
        .formatted(name, type, ttl, data.replace(" ", "").length() / 2, data);
  }

  private static String address(int ttl) {
    return record("c00c", DnsMessage.TYPE_A, ttl, "0a09084d");
  }

  /// The start of authority, whose last number is how long nothing may be kept.
  private static String authority(int ttl, int minimum) {
    return record(
        "c00c", 6, ttl, "00 00 00000001 00000002 00000003 00000004 %08x".formatted(minimum));
  }

  private void keep(String query, String answer) throws DnsFormatException {
    byte[] asked = bytes(query);
    cache.keep(DnsMessage.decode(asked), Edns.of(asked), bytes(answer));
  }

  private Optional<String> find(String query) throws DnsFormatException {
    return find(query, 512);
  }

  private Optional<String> find(String query, int limit) throws DnsFormatException {
    byte[] asked = bytes(query);
    return cache.find(asked, DnsMessage.decode(asked), Edns.of(asked), limit).map(HEX::formatHex);
  }

  private void pass(long seconds) {
    now += TimeUnit.SECONDS.toNanos(seconds);
  }

  @Test
  void anAnswerIsGivenAgainForAsLongAsItSays() throws DnsFormatException {
    keep(QUERY, "1234 8180 0001 0002 0000 0000" + QUESTION + address(60) + address(40));
    pass(39);
    String other = "beef 0100 0001 0000 0000 0000 02 4161 00 0001 0001";
    assertThat(find(other))
        .as("under its own number and in its own case")
        .hasValue(
            ("beef 8180 0001 0002 0000 0000 02 4161 00 0001 0001" + address(21) + address(1))
                .replace(" ", ""));
    assertThat(find(QUERY, 50)).as("longer than the asker takes").isEmpty();
    assertThat(find(QUERY.replace("0001 0001", "001c 0001"))).as("another type").isEmpty();
    assertThat(find(QUERY.replace("0100", "0110"))).as("other flags").isEmpty();
    pass(1);
    assertThat(find(QUERY)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "60, 30, 30",
    "30, 60, 30",
    "0, 60, 0",
    "86400, 86400, 300",
  })
  void whatIsNotThereIsKeptAsItsZoneSays(int ttl, int minimum, int seconds)
      throws DnsFormatException {
    keep(QUERY, "1234 8183 0001 0000 0001 0000" + QUESTION + authority(ttl, minimum));
    if (seconds > 0) {
      pass(seconds - 1);
      assertThat(find(QUERY)).isPresent();
      pass(1);
    }
    assertThat(find(QUERY)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "nobody says for how long, 8183, ''",
    "the server failed, 8182, x",
    "the rest is missing, 8380, x",
  })
  void whatIsNotKept(String why, String flags, String data) throws DnsFormatException {
    String records = data.isEmpty() ? "" : address(60);
    keep(QUERY, "1234 %s 0001 %04x 0000 0000".formatted(flags, data.length()) + QUESTION + records);
    assertThat(find(QUERY)).as(why).isEmpty();
  }

  @Test
  void whoKnowsEdnsIsAnsweredAsSuch() throws DnsFormatException {
    String query = "1234 0100 0001 0000 0000 0001" + QUESTION + OPT;
    String answer = "1234 8180 0001 0001 0000 0001" + QUESTION + address(60) + OPT;
    keep(query, answer);
    pass(1);
    assertThat(find(query)).hasValue(answer.replace(address(60), address(59)).replace(" ", ""));
    assertThat(find(QUERY)).isEmpty();
    String cookie =
        "1234 0100 0001 0000 0000 0001" + QUESTION + "00 0029 1000 00000000 0004 000a0000";
    keep(cookie, answer);
    assertThat(find(cookie)).as("an answer for one asker").isEmpty();
  }

  @Test
  void itDoesNotGrow() throws DnsFormatException {
    for (int i = 0; i < 5_000; i++) {
      String question =
          "04 %s 00 0001 0001".formatted(HEX.formatHex("%04d".formatted(i).getBytes(US_ASCII)));
      keep(
          "1234 0100 0001 0000 0000 0000" + question,
          "1234 8180 0001 0001 0000 0000" + question + address(60));
    }
    int kept = 0;
    for (int i = 0; i < 5_000; i++) {
      String question =
          "04 %s 00 0001 0001".formatted(HEX.formatHex("%04d".formatted(i).getBytes(US_ASCII)));
      kept += find("1234 0100 0001 0000 0000 0000" + question).isPresent() ? 1 : 0;
    }
    assertThat(kept).isBetween(100, 300); // 64 KiB, some 240 bytes each
  }

  @Test
  void ednsIsReadAndWritten() throws DnsFormatException {
    byte[] query = bytes("1234 0100 0001 0000 0000 0001" + QUESTION + "00 0029 04d0 00008000 0000");
    Edns edns = Edns.of(query).orElseThrow();
    assertThat(edns).isEqualTo(new Edns(1232, 0, true, false));
    assertThat(edns.limit()).isEqualTo(1232);
    assertThat(new Edns(100, 0, false, false).limit()).isEqualTo(512);
    assertThat(new Edns(65_000, 0, false, false).limit()).isEqualTo(4096);
    byte[] answer = DnsMessage.decode(query).answer(0, java.util.List.of()).encode(512);
    assertThat(Edns.of(edns.in(answer, 1))).hasValue(new Edns(4096, 0, false, false));
    assertThat(HEX.formatHex(edns.in(answer, 1))).endsWith("0000291000010000000000");
    assertThat(Edns.of(bytes(QUERY))).isEmpty();
    assertThatThrownBy(() -> Edns.of(bytes("1234 0100 0001 0000 0000 0002" + QUESTION + OPT + OPT)))
        .hasMessage("2 OPT records in one question");
  }

  @Property
  void noBytesBreakIt(@ForAll @Size(max = 80) byte[] rest, @ForAll @Size(6) byte[] counts) {
    byte[] message = new byte[6 + counts.length + rest.length];
    message[5] = 1;
    System.arraycopy(counts, 0, message, 6, counts.length);
    System.arraycopy(rest, 0, message, 6 + counts.length, rest.length);
    try {
      DnsMessage asked = DnsMessage.decode(message);
      Optional<Edns> edns = Edns.of(message);
      cache.keep(asked, edns, message);
      assertThat(
              cache
                  .find(message, asked, edns, 65_535)
                  .map(found -> found.length)
                  .orElse(message.length))
          .isEqualTo(message.length);
    } catch (DnsFormatException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
