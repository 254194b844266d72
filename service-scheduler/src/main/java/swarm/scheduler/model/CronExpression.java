package swarm.scheduler.model;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// When a job is to run, by the calendar of some place: five fields as in crontab(5), with names,
/// lists, ranges and steps, or `@daily` and its like. Where both the day of the month and the day
/// of the week are restricted, either is enough. Pure; [CronTimes] finds the instants.
///
/// @param minutes bit by bit, as all of these
/// @param weekdays 0 is Sunday
/// @param either whether the day of the month or that of the week is enough; else both must match
/// @param wildcard whether minute or hour begin with `*`: it runs by what passes, not by what the
///   clock on the wall says, so that a clock that is put back or forward neither skips nor repeats
public record CronExpression(
    long minutes,
    long hours,
    long days,
    long months,
    long weekdays,
    boolean either,
    boolean wildcard) {

  /// The longest time between two: 29 February, around a year that is no leap year.
  static final int MOST_YEARS = 9;

  private static final Map<String, String> SHORT =
      Map.of(
          "@yearly", "0 0 1 1 *",
          "@annually", "0 0 1 1 *",
          "@monthly", "0 0 1 * *",
          "@weekly", "0 0 * * 0",
          "@daily", "0 0 * * *",
          "@midnight", "0 0 * * *",
          "@hourly", "0 * * * *");

  private static final int LONGEST = 256;

  private static final List<Field> FIELDS =
      List.of(
          new Field("minute", 0, 59, List.of()),
          new Field("hour", 0, 23, List.of()),
          new Field("day of the month", 1, 31, List.of()),
          new Field(
              "month",
              1,
              12,
              List.of(
                  "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov",
                  "dec")),
          new Field(
              "day of the week",
              0,
              7, // Sunday, as 0 is
              List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat")));

  /// One of the five fields.
  private record Field(String words, int first, int last, List<String> names) {
    /// A number or a name; -1 for what is neither, or outside of the field.
    int value(String text) {
      int name = names.indexOf(text.toLowerCase(Locale.ROOT));
      int value = name >= 0 ? name + first : number(text);
      return value < first || value > last ? -1 : value;
    }

    /// Where a step ends: Sunday is not there twice.
    int top() {
      return last == 7 ? 6 : last;
    }

    String allowed() {
      return words
          + " must be from "
          + first
          + " to "
          + last
          + (names.isEmpty() ? "" : ", or " + names.getFirst() + " to " + names.getLast());
    }
  }

  /// What was read, or what is wrong with it: one of them is there.
  record Parsed(Optional<CronExpression> expression, String problem) {
    static Parsed wrong(String problem) {
      return new Parsed(Optional.empty(), problem);
    }
  }

  static Parsed parse(String text) {
    if (text.length() > LONGEST) {
      return Parsed.wrong("it has more than " + LONGEST + " characters");
    }
    String trimmed = text.strip();
    if (trimmed.startsWith("@") && !SHORT.containsKey(trimmed.toLowerCase(Locale.ROOT))) {
      return Parsed.wrong("no such name: it is one of " + names());
    }
    String[] words =
        SHORT.getOrDefault(trimmed.toLowerCase(Locale.ROOT), trimmed).split("\\s+", -1);
    if (words.length != FIELDS.size()) {
      return Parsed.wrong(
          "it has "
              + (trimmed.isEmpty() ? 0 : words.length)
              + " fields, not minute, hour, day of the month, month and day of the week");
    }
    long[] bits = new long[words.length];
    for (int i = 0; i < words.length; i++) {
      bits[i] = bits(FIELDS.get(i), words[i]);
      if (bits[i] == 0) {
        return Parsed.wrong(FIELDS.get(i).allowed() + ", a range, a step (*/5) or a list of these");
      }
    }
    boolean anyDay = words[2].startsWith("*");
    boolean anyWeekday = words[4].startsWith("*");
    long weekdays = (bits[4] | bits[4] >> 7) & 0x7f; // 7 is Sunday, too
    var expression =
        new CronExpression(
            bits[0],
            bits[1],
            bits[2],
            bits[3],
            weekdays,
            !anyDay && !anyWeekday,
            words[0].startsWith("*") || words[1].startsWith("*"));
    return expression.after(LocalDateTime.of(2000, 1, 1, 0, 0)).isEmpty()
        ? Parsed.wrong("there is no such day in any year")
        : new Parsed(Optional.of(expression), "");
  }

  private static String names() {
    return String.join(", ", SHORT.keySet().stream().sorted().toList());
  }

  /// @return 0 where the field is not understood
  private static long bits(Field field, String text) {
    long all = 0;
    for (String part : text.split(",", -1)) {
      long bits = part(field, part);
      if (bits == 0) {
        return 0;
      }
      all |= bits;
    }
    return all;
  }

  /// `*`, `5`, `1-5`, each with a step or without.
  private static long part(Field field, String text) {
    int slash = text.indexOf('/');
    String range = slash < 0 ? text : text.substring(0, slash);
    int step = slash < 0 ? 1 : number(text.substring(slash + 1));
    int dash = range.indexOf('-');
    int first;
    int last;
    if (range.equals("*")) {
      first = field.first;
      last = field.top();
    } else if (dash < 0) {
      first = field.value(range);
      last = slash < 0 ? first : field.top(); // 5/15 is 5-59/15
    } else {
      first = field.value(range.substring(0, dash));
      last = field.value(range.substring(dash + 1));
    }
    if (first < 0 || last < first || step < 1) {
      return 0;
    }
    long bits = 0;
    for (int value = first; value <= last; value += step) {
      bits |= 1L << value;
    }
    return bits;
  }

  /// @return -1 for what is no number of at most three digits
  private static int number(String text) {
    return text.length() <= 3 && text.matches("\\d+") ? Integer.parseInt(text) : -1;
  }

  /// The first time on the clock on the wall that is later than `time`; empty where none is within
  /// [#MOST_YEARS] years.
  Optional<LocalDateTime> after(LocalDateTime time) {
    LocalDateTime from = time.withSecond(0).withNano(0).plusMinutes(1);
    LocalDate last = from.toLocalDate().plusYears(MOST_YEARS);
    int minute = from.getHour() * 60 + from.getMinute();
    for (LocalDate day = from.toLocalDate(); !day.isAfter(last); day = day.plusDays(1)) {
      if (!has(months, day.getMonthValue())) {
        day = day.withDayOfMonth(day.lengthOfMonth());
      } else if (on(day)) {
        int found = minuteOfDay(minute);
        if (found >= 0) {
          return Optional.of(day.atTime(found / 60, found % 60));
        }
      }
      minute = 0;
    }
    return Optional.empty();
  }

  private boolean on(LocalDate day) {
    boolean ofMonth = has(days, day.getDayOfMonth());
    boolean ofWeek = has(weekdays, day.getDayOfWeek().getValue() % DayOfWeek.values().length);
    return either ? ofMonth || ofWeek : ofMonth && ofWeek;
  }

  private int minuteOfDay(int from) {
    int start = from % 60;
    for (int hour = from / 60; hour < 24; hour++) {
      long rest = has(hours, hour) ? minutes >>> start : 0;
      if (rest != 0) {
        return hour * 60 + start + Long.numberOfTrailingZeros(rest);
      }
      start = 0;
    }
    return -1;
  }

  private static boolean has(long bits, int value) {
    return (bits >>> value & 1) != 0;
  }
}
