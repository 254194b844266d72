package swarm.cli.render;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import swarm.cli.client.Json;
import swarm.cli.spec.InvalidValueException;

/// A list of things: as a table, as JSON lines, through a template, or only their ids.
///
/// @param columns what the table shows, in order
/// @param rows per thing its fields, named as in Docker's templates; the field `ID` is what `-q`
///   prints
public record Listing(List<Column> columns, List<Map<String, String>> rows) {
  /// Docker's tables: at least ten characters a column, three blanks between.
  private static final int MINIMUM = 10;

  private static final int PADDING = 3;

  /// @param field as in templates
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

  /// A row from field and value, alternating.
  static Map<String, String> row(String... fields) {
    var row = new TreeMap<String, String>();
    for (int i = 0; i < fields.length; i += 2) {
      row.put(fields[i], fields[i + 1]);
    }
    return row;
  }

  /// @param format what `--format` said: empty or `table` for the usual table, `json`, `table
  ///   TEMPLATE` or a template
  /// @return the text with its line ends
  public String render(String format, boolean quiet) throws InvalidValueException {
    if (quiet && (format.isEmpty() || format.equals("table"))) {
      return lines("{{.ID}}");
    }
    if (format.isEmpty() || format.equals("table")) {
      return table(
          columns.stream().map(Column::header).toList(),
          rows.stream()
              .map(row -> columns.stream().map(c -> row.getOrDefault(c.field(), "")).toList())
              .toList());
    }
    if (format.equals("json")) {
      return lines("{{json .}}");
    }
    String unescaped = format.replace("\\t", "\t").replace("\\n", "\n");
    return unescaped.startsWith("table ")
        ? custom(unescaped.substring("table ".length()))
        : lines(unescaped);
  }

  private String lines(String format) throws InvalidValueException {
    Template template = check(Template.parse(format));
    var out = new StringBuilder();
    rows.forEach(row -> out.append(template.render(node(row))).append('\n'));
    return out.toString();
  }

  private String custom(String format) throws InvalidValueException {
    Template template = check(Template.parse(format));
    ObjectNode headers = Json.object();
    template.fields().forEach(field -> headers.put(field, header(field)));
    return table(
        cells(template.render(headers)),
        rows.stream().map(row -> cells(template.render(node(row)))).toList());
  }

  private static List<String> cells(String line) {
    return Arrays.asList(line.split("\t", -1));
  }

  /// Fields that a thing does not have are the user's mistake, and better said than printed.
  private Template check(Template template) throws InvalidValueException {
    if (!rows.isEmpty()) {
      for (String field : template.fields()) {
        if (!rows.getFirst().containsKey(field)) {
          throw new InvalidValueException(
              "template: there is no field "
                  + field
                  + "; there are "
                  + String.join(", ", rows.getFirst().keySet()));
        }
      }
    }
    return template;
  }

  private static ObjectNode node(Map<String, String> row) {
    ObjectNode node = Json.object();
    row.forEach(node::put);
    return node;
  }

  private String header(String field) {
    return columns.stream()
        .filter(c -> c.field().equals(field))
        .map(Column::header)
        .findFirst()
        .orElseGet(
            () -> field.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toUpperCase(java.util.Locale.ROOT));
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
