package swarm.network.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet4Address;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DnsMessageTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final Inet4Address ADDRESS = Inet4Address.ofLiteral("10.9.8.77");

  /// A question for the address of `aa`, as a resolver sends it.
  private static final String QUERY = "1234 0100 0001 0000 0000 0000 02 6161 00 0001 0001";

  private static byte[] bytes(String hex) {
    return HEX.parseHex(hex.replace(" ", ""));
  }

  private static DnsMessage query(String name, int type) {
    return new DnsMessage(7, 0x0100, new DnsMessage.Question(name, type, 1), List.of());
  }

  @Test
  void aQuestionAndItsAnswerOnTheWire() throws DnsFormatException {
    DnsMessage asked = DnsMessage.decode(bytes(QUERY));

    assertThat(asked.isQuery()).isTrue();
    assertThat(asked.id()).isEqualTo(0x1234);
    assertThat(asked.question())
        .isEqualTo(new DnsMessage.Question("aa", DnsMessage.TYPE_A, DnsMessage.CLASS_IN));
    assertThat(asked.encode(512)).isEqualTo(bytes(QUERY));

    var answer = new DnsMessage.Answer("aa", 600, new DnsMessage.Data.Address(ADDRESS));
    byte[] sent = asked.answer(DnsMessage.NO_ERROR, List.of(answer)).encode(512);
    assertThat(HEX.formatHex(sent))
        .isEqualTo(
            "123481800001000100000000"
                + "0261610000010001"
                + "c00c00010001000002580004"
                + "0a09084d");
    assertThat(DnsMessage.decode(sent).answers()).containsExactly(answer);
  }

  @Test
  void theNameOfAnAddress() throws DnsFormatException {
    DnsMessage asked = query("77.8.9.10.in-addr.arpa", DnsMessage.TYPE_PTR);
    var answer =
        new DnsMessage.Answer(asked.question().name(), 600, new DnsMessage.Data.Pointer("aa.n"));

    byte[] sent = asked.answer(DnsMessage.NO_ERROR, List.of(answer)).encode(512);

    assertThat(DnsMessage.decode(sent).answers()).containsExactly(answer);
  }

  @Test
  void whatDoesNotFitIsMarkedAsCutOff() throws DnsFormatException {
    DnsMessage asked = query("many", DnsMessage.TYPE_A);
    List<DnsMessage.Answer> answers =
        IntStream.range(0, 40)
            .mapToObj(i -> new DnsMessage.Answer("many", 1, new DnsMessage.Data.Address(ADDRESS)))
            .toList();
    DnsMessage answer = asked.answer(DnsMessage.NO_ERROR, answers);

    DnsMessage cut = DnsMessage.decode(answer.encode(512));
    assertThat(cut.isTruncated()).isTrue();
    assertThat(cut.answers()).isEmpty();
    DnsMessage whole = DnsMessage.decode(answer.encode(DnsMessage.MAX_BYTES));
    assertThat(whole.isTruncated()).isFalse();
    assertThat(whole.answers()).hasSize(40);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1234                                            | has no header
          1234 0100 0000 0000 0000 0000                   | 0 questions
          1234 0100 0002 0000 0000 0000 00 0001 0001      | 2 questions
          1234 0100 0001 0000 0000 0000 02 61             | a label of 2 bytes
          1234 0100 0001 0000 0000 0000 40 61             | a label of 64 bytes
          1234 0100 0001 0000 0000 0000 01 61             | behind the message's end
          1234 0100 0001 0000 0000 0000 01 61 00 00       | within a number
          1234 0100 0001 0000 0000 0000 c0 0c 0001 0001   | leads forward
          1234 0100 0001 0000 0000 0000 c0 ff 0001 0001   | leads forward
          1234 0100 0001 0000 0000 0000 01 61 c0 0c 0001 0001 | leads forward
          1234 8180 0001 0001 0000 0000 01 61 00 0001 0001 c00c 0001 0001 00000001 00ff 01 | of 255 bytes
          """)
  void whatIsNoMessage(String hex, String why) {
    assertThatThrownBy(() -> DnsMessage.decode(bytes(hex)))
        .isInstanceOf(DnsFormatException.class)
        .hasMessageContaining(why);
  }

  @Test
  void aLongNameIsRefusedWhereverItComesFrom() {
    String name = "a".repeat(63) + ".";
    assertThatThrownBy(() -> query(name.repeat(4) + "a", 1).encode(512))
        .hasMessageContaining("longer than 255");
    assertThatThrownBy(() -> query("a".repeat(64), 1).encode(512))
        .hasMessageContaining("1 to 63 characters");
    assertThatThrownBy(() -> query("a..b", 1).encode(512))
        .hasMessageContaining("1 to 63 characters");
    String labels = ("3f" + "61".repeat(63)).repeat(4);
    assertThatThrownBy(
            () ->
                DnsMessage.decode(bytes("1234 0100 0001 0000 0000 0000" + labels + "00 0001 0001")))
        .hasMessageContaining("more than 255");
  }

  @Property
  void namesComeBackAsTheyWereSent(
      @ForAll @Size(min = 1, max = 4)
          List<@AlphaChars @StringLength(min = 1, max = 63) String> labels)
      throws DnsFormatException {
    String name = String.join(".", labels);
    if (name.length() <= 253) {
      assertThat(DnsMessage.decode(query(name, 1).encode(512)).question().name()).isEqualTo(name);
    }
  }

  @Property
  void noBytesBreakTheReader(@ForAll @Size(max = 600) byte[] bytes) {
    read(bytes);
  }

  /// Most of what comes is nearly right.
  @Property
  void noChangedBytesBreakTheReader(
      @ForAll @Size(max = 8) List<@IntRange(min = 0, max = 43) Integer> at,
      @ForAll @Size(min = 8, max = 8) byte[] with) {
    byte[] message =
        bytes(
            "1234 8180 0001 0001 0000 0000 02 6161 00 0001 0001 c00c 000c 0001 00000258 0006 04 61616161 00 0000");
    for (int i = 0; i < at.size(); i++) {
      message[at.get(i) % message.length] = with[i];
    }
    read(message);
  }

  private static void read(byte[] bytes) {
    try {
      DnsMessage message = DnsMessage.decode(bytes);
      assertThat(message.question().name().length()).isLessThanOrEqualTo(253);
    } catch (DnsFormatException e) {
      assertThat(e).hasMessageNotContaining("null");
    }
  }
}
