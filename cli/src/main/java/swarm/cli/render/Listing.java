package swarm.cli.render;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import swarm.cli.spec.InvalidValueException;

/// A list of things: as a table, as JSON lines, through a template, or only their ids.
///
/// @param type the name that Go has for one of them, for messages
/// @param columns what the table shows, in order
public record Listing(String type, List<Column> columns, List<Row> rows) {
  /// Docker's tables: at least ten characters a column, three blanks between.
  private static final int MINIMUM = 10;

  private static final int PADDING = 3;

  /// Headers that are not the field's name in capitals.
  private static final Map<String, String> HEADERS =
      Map.of(
          "VirtualSize", "SIZE",
          "TLSStatus", "TLS STATUS",
          "CreatedSince", "CREATED",
          "RunningFor", "CREATED",
          "Container", "CONTAINER");

  /// @param field as in templates; one with a small letter is only the table's
  public record Column(String field, String header) {}

  public Listing {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /// Columns from field and header, alternating.
  static List<Column> columns(String... names) {
    var all = new ArrayList<Column>();
    for (int i = 0; i < names.length; i += 2) {
      all.add(new Column(names[i], names[i + 1]));
    }
    return all;
  }

  /// @param format what `--format` said: empty or `table` for the usual table, `json`, `raw` for
  ///   what has it, `table TEMPLATE` or a template
  /// @return the text with its line ends
  public String render(String format, boolean quiet) throws InvalidValueException {
    boolean usual = format.isEmpty() || format.equals("table");
    if (usual && quiet) {
      var out = new StringBuilder();
      rows.forEach(row -> out.append(row.id()).append('\n'));
      return out.toString();
    }
    if (usual) {
      return table(
          columns.stream().map(Column::header).toList(),
          rows.stream()
              .map(row -> columns.stream().map(c -> row.field(c.field())).toList())
              .toList());
    }
    if (format.equals("json")) {
      return lines("{{json .}}");
    }
    String template = format.equals("raw") ? RawFormats.of(this, quiet) : format;
    String unescaped = template.replace("\\t", "\t").replace("\\n", "\n");
    return unescaped.startsWith("table")
        ? custom(unescaped.substring("table".length()).strip())
        : lines(unescaped);
  }

  private String lines(String format) throws InvalidValueException {
    Format template = Format.parse(format);
    var out = new StringBuilder();
    for (Row row : rows) {
      out.append(template.expand(RowValues.of(row, type))).append('\n');
    }
    return out.toString();
  }

  private String custom(String format) throws InvalidValueException {
    Format template = Format.parse(format);
    var cells = new ArrayList<List<String>>();
    for (Row row : rows) {
      cells.add(cells(template.expand(RowValues.of(row, type))));
    }
    return table(cells(template.header(RowValues.headers(headers()))), cells);
  }

  private static List<String> cells(String line) {
    return Arrays.asList(line.split("\t", -1));
  }

  private Map<String, String> headers() {
    var all = new TreeMap<String, String>();
    if (!rows.isEmpty()) {
      rows.getFirst().fields().keySet().forEach(field -> all.put(field, header(field)));
    }
    columns.forEach(column -> all.put(column.field(), column.header()));
    return all;
  }

  private static String header(String field) {
    return HEADERS.getOrDefault(
        field, field.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toUpperCase(java.util.Locale.ROOT));
  }

  /// Columns wide enough for their longest cell; the last one is not filled up.
  static String table(List<String> headers, List<List<String>> rows) {
    var widths = new int[headers.size()];
    var all = new ArrayList<List<String>>();
    all.add(headers);
    all.addAll(rows);
    for (List<String> row : all) {
      for (int i = 0; i < row.size() && i < widths.length; i++) {
        widths[i] = Math.max(widths[i], width(row.get(i)));
      }
    }
    var out = new StringBuilder();
    for (List<String> row : all) {
      for (int i = 0; i < row.size(); i++) {
        out.append(row.get(i));
        if (i < row.size() - 1) {
          int wide = i < widths.length ? Math.max(MINIMUM, widths[i] + PADDING) : 0;
          out.repeat(' ', Math.max(0, wide - width(row.get(i))));
        }
      }
      out.append('\n');
    }
    return out.toString();
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
