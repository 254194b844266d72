package swarm.scheduler.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstantsTest {
  private static final long FIRST = Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
  private static final long LAST = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
  private static final int[] UNITS = {1, 1_000, 1_000_000, 1_000_000_000};

  @Test
  void areAsJavaHasThem() {
    var random = new Random(1);
    for (int i = 0; i < 200_000; i++) {
      int nanos = random.nextInt(1_000_000_000) / UNITS[i % 4] * UNITS[i % 4] % 1_000_000_000;
      check(Instant.ofEpochSecond(random.nextLong(FIRST, LAST + 1), nanos));
    }
  }

  @Test
  void everyDayOfFourCenturiesIs() {
    for (long day = -720_000; day < 150_000; day += 1) {
      if (day > -146_097 || day % 7 == 0) {
        check(Instant.ofEpochSecond(Math.max(FIRST, day * 86_400)));
      }
    }
    check(Instant.ofEpochSecond(FIRST));
    check(Instant.ofEpochSecond(LAST, 999_999_999));
  }

  private static void check(Instant instant) {
    String text = instant.toString();
    assertThat(Instants.format(instant)).isEqualTo(text);
    assertThat(Instants.parse(text)).isEqualTo(instant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-21T12:00:00.1Z",
        "2026-11-21T12:00:00.12345678Z",
        "2024-02-29T23:59:59Z",
        "2000-02-29T00:00:00Z"
      })
  void areRead(String text) {
    assertThat(Instants.parse(text)).isEqualTo(Instant.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Z",
        "2026-11-21",
        "2026-11-21T12:00:00",
        "2026-11-21T12:00:00+01:00",
        "2026-11-21t12:00:00z",
        "2026-11-21T12:00Z",
        "2026-11-21T12:00:00.Z",
        "2026-11-21T12:00:00,1Z",
        "2026-11-21T12:00:00.1234567890Z",
        "2026-11-21T12:00:00.12x4Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T12:60:00Z",
        "2016-12-31T23:59:60Z",
        "2026-13-21T12:00:00Z",
        "2026-00-21T12:00:00Z",
        "2026-11-31T12:00:00Z",
        "2026-11-00T12:00:00Z",
        "2026-02-29T12:00:00Z",
        "1900-02-29T12:00:00Z",
        "-026-11-21T12:00:00Z",
        "2026-1 -21T12:00:00Z",
        "+12026-11-21T12:00:00Z",
        "\u0662\u0660\u0662\u0666-11-21T12:00:00Z"
      })
  void whatIsNotOfTheUsualFormIsLeftToJava(String text) {
    assertThat(Instants.parse(text)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1000000000-01-01T00:00:00Z",
        "+1000000000-12-31T23:59:59.999999999Z",
        "+12026-11-21T12:00:00Z",
        "-0001-12-31T23:59:59Z",
        "2026-11-21T12:00:00.5Z"
      })
  void mappersTakeAll(String text) throws IOException {
    Instant instant = Instant.parse(text);
    assertThat(Wire.JSON.writeValueAsString(instant)).isEqualTo('"' + instant.toString() + '"');
    assertThat(Wire.JSON.readValue('"' + text + '"', Instant.class)).isEqualTo(instant);
    assertThat(Wire.CBOR.readValue(Wire.CBOR.writeValueAsBytes(instant), Instant.class))
        .isEqualTo(instant);
  }
}
