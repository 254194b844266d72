package swarm.scheduler.model;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.datatype.jsr310.deser.InstantDeserializer;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Instants as text, RFC 3339 in UTC, exactly as `Instant.parse` and `Instant.toString` have them,
/// and several times as fast: a task has half a dozen, and reading a million tasks back spent two
/// fifths of its time on the general formatter. What is not of the usual form goes to Java's own.
/// Pure.
final class Instants {
  private static final int SHORTEST = "2026-11-21T12:00:00Z".length();
  private static final int FRACTION_AT = SHORTEST; // after the dot
  private static final int MAX_DIGITS = 9;
  private static final int SECONDS_A_DAY = 86_400;

  /// `0000-01-01T00:00:00Z` and `9999-12-31T23:59:59Z`.
  private static final long FIRST_SECOND = -62_167_219_200L;

  private static final long LAST_SECOND = 253_402_300_799L;

  private Instants() {}

  /// For Jackson's mappers.
  static SimpleModule module() {
    return new SimpleModule("instants")
        .addSerializer(Instant.class, new Writer())
        .addDeserializer(Instant.class, new Reader());
  }

  /// @return null where the text is not of the usual form, which does not say that it is no instant
  static @Nullable Instant parse(String text) {
    int last = text.length() - 1;
    if (last < SHORTEST - 1
        || text.charAt(last) != 'Z'
        || text.charAt(4) != '-'
        || text.charAt(7) != '-'
        || text.charAt(10) != 'T'
        || text.charAt(13) != ':'
        || text.charAt(16) != ':') {
      return null;
    }
    int year = number(text, 0, 4);
    int month = number(text, 5, 7);
    int day = number(text, 8, 10);
    int hour = number(text, 11, 13);
    int minute = number(text, 14, 16);
    int second = number(text, 17, 19);
    int nanos = nanos(text, last);
    if (year < 0
        || month < 1
        || month > 12
        || day < 1
        || day > daysIn(month, year)
        || hour < 0
        || hour > 23
        || minute < 0
        || minute > 59
        || second < 0
        || second > 59
        || nanos < 0) {
      return null;
    }
    long seconds = (hour * 60L + minute) * 60 + second;
    return Instant.ofEpochSecond(epochDay(year, month, day) * SECONDS_A_DAY + seconds, nanos);
  }

  private static int nanos(String text, int end) {
    if (end == SHORTEST - 1) {
      return 0;
    }
    int digits = end - FRACTION_AT;
    if (text.charAt(SHORTEST - 1) != '.' || digits < 1 || digits > MAX_DIGITS) {
      return -1;
    }
    int nanos = number(text, FRACTION_AT, end);
    for (int i = digits; i < MAX_DIGITS; i++) {
      nanos *= 10;
    }
    return nanos;
  }

  /// @return -1 where there is anything but digits
  private static int number(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }

  private static int daysIn(int month, int year) {
    return switch (month) {
      case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
      case 4, 6, 9, 11 -> 30;
      default -> 31;
    };
  }

  /// Days since 1970, by years that begin in March, so that the leap day is the last (Howard
  /// Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil`).
  private static long epochDay(int year, int month, int day) {
    int y = month <= 2 ? year - 1 : year;
    int era = Math.floorDiv(y, 400);
    int yearOfEra = y - era * 400;
    int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146_097L + dayOfEra - 719_468;
  }

  /// As `Instant.toString`: no fraction, or three, six or nine digits of it.
  static String format(Instant instant) {
    long seconds = instant.getEpochSecond();
    if (seconds < FIRST_SECOND || seconds > LAST_SECOND) {
      return instant.toString();
    }
    int nanos = instant.getNano();
    int digits = nanos == 0 ? 0 : nanos % 1_000_000 == 0 ? 3 : nanos % 1_000 == 0 ? 6 : 9;
    char[] text = new char[digits == 0 ? SHORTEST : SHORTEST + 1 + digits];
    date(text, Math.floorDiv(seconds, SECONDS_A_DAY));
    int time = Math.floorMod(seconds, SECONDS_A_DAY);
    text[4] = '-';
    text[7] = '-';
    text[10] = 'T';
    put(text, 11, 2, time / 3600);
    text[13] = ':';
    put(text, 14, 2, time / 60 % 60);
    text[16] = ':';
    put(text, 17, 2, time % 60);
    if (digits > 0) {
      text[SHORTEST - 1] = '.';
      put(
          text,
          FRACTION_AT,
          digits,
          digits == 3 ? nanos / 1_000_000 : digits == 6 ? nanos / 1_000 : nanos);
    }
    text[text.length - 1] = 'Z';
    return new String(text);
  }

  /// The other way round (`civil_from_days`).
  private static void date(char[] text, long epochDay) {
    long shifted = epochDay + 719_468;
    long era = Math.floorDiv(shifted, 146_097L);
    int dayOfEra = (int) (shifted - era * 146_097);
    int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
    int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int shiftedMonth = (5 * dayOfYear + 2) / 153;
    int month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
    put(text, 0, 4, (int) (yearOfEra + era * 400) + (month <= 2 ? 1 : 0));
    put(text, 5, 2, month);
    put(text, 8, 2, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1);
  }

  private static void put(char[] text, int at, int digits, int number) {
    int rest = number;
    for (int i = at + digits - 1; i >= at; i--) {
      text[i] = (char) ('0' + rest % 10);
      rest /= 10;
    }
  }

  private static final class Writer extends StdSerializer<Instant> {
    private static final long serialVersionUID = 1;

    Writer() {
      super(Instant.class);
    }

    @Override
    public void serialize(Instant value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(format(value));
    }
  }

  private static final class Reader extends StdDeserializer<Instant> {
    private static final long serialVersionUID = 1;

    Reader() {
      super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      if (parser.hasToken(JsonToken.VALUE_STRING)) {
        Instant instant = parse(parser.getText());
        if (instant != null) {
          return instant;
        }
      }
      return InstantDeserializer.INSTANT.deserialize(parser, context);
    }
  }
}
