package swarm.runtime.container;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads what the host's `ps` prints, as Docker does. Pure.
final class PsOutput {
  private static final Pattern BLANKS = Pattern.compile("[ \\t\\n\\x0B\\f\\r]+");
  private static final Pattern RENAMED_PID = Pattern.compile("\\s+(\\S*)=\\s*(PID\\S*)");

  /// What a table may take of the daemon's memory.
  private static final long MAX_SIZE = 32 * 1024 * 1024;

  /// What a text in memory takes beside its characters.
  private static final int CELL = 48;

  private PsOutput() {}

  /// The words of a line or of the options.
  static List<String> words(String text) {
    String line = BLANKS.matcher(text).replaceAll(" ").strip();
    return line.isEmpty() ? List.of() : List.of(line.split(" ", -1));
  }

  /// Refuses options that put another column under the title by which processes are found.
  static void check(String options) throws EngineException {
    Matcher renamed = RENAMED_PID.matcher(" " + options);
    while (renamed.find()) {
      if (!renamed.group(1).equals("pid")) {
        throw EngineException.invalid(
            "specifying \"" + renamed.group(1) + "=" + renamed.group(2) + "\" is not allowed");
      }
    }
  }

  /// The rows of these processes; also those of a process's threads, which stand below it with a
  /// dash for its number. What is beyond the last title belongs to that.
  ///
  /// @param output is read line by line: it may have all processes of the host
  static ProcessTable parse(BufferedReader output, Set<Integer> pids)
      throws EngineException, IOException {
    String first = output.readLine();
    List<String> titles = first == null ? List.of() : words(first);
    int column = titles.indexOf("PID");
    if (column < 0) {
      throw EngineException.failed("Couldn't find PID field in ps output");
    }
    List<List<String>> rows = new ArrayList<>();
    boolean own = false;
    long size = 0;
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      List<String> cells = words(line);
      if (cells.size() <= column) {
        continue;
      }
      String pid = cells.get(column);
      if (!pid.equals("-")) {
        own = pids.contains(number(pid));
      }
      if (own) {
        List<String> row = row(cells, titles.size());
        size += row.stream().mapToLong(cell -> CELL + cell.length()).sum();
        check(size, rows.size());
        rows.add(row);
      }
    }
    return new ProcessTable(titles, rows);
  }

  private static void check(long size, int rows) throws EngineException {
    if (size > MAX_SIZE) {
      throw EngineException.failed(
          "ps prints more of this container's processes than the limit of "
              + MAX_SIZE
              + " bytes after "
              + rows
              + " rows: ask for fewer columns, such as -o pid,comm");
    }
  }

  private static int number(String pid) throws EngineException {
    try {
      return Integer.parseInt(pid);
    } catch (NumberFormatException _) {
      throw EngineException.failed("Unexpected pid '" + pid + "' in ps output");
    }
  }

  private static List<String> row(List<String> cells, int width) {
    if (cells.size() < width) {
      return cells;
    }
    List<String> row = new ArrayList<>(cells.subList(0, width - 1));
    row.add(String.join(" ", cells.subList(width - 1, cells.size())));
    return row;
  }
}
