package swarm.cli.spec;

import java.util.List;

/// What the user gave. Options are named with their two dashes.
public interface OptionValues {
  boolean given(String option);

  /// The last value given; empty where none was.
  String text(String option);

  /// Every value given, in order.
  List<String> list(String option);

  /// Whether a switch is on.
  default boolean flag(String option) {
    return text(option).equals("true");
  }

  /// The value as a whole number of 0 or more.
  default long number(String option) throws InvalidValueException {
    return Numbers.unsigned(text(option), option);
  }

  /// A whole number, which may be negative.
  default long integer(String option) throws InvalidValueException {
    return Numbers.signed(text(option), option);
  }
}
