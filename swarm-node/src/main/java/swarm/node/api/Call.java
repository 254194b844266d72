package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import swarm.node.api.check.ContentTypes;
import swarm.node.api.check.JsonBody;
import swarm.node.api.error.ApiException;
import swarm.node.api.http.Exchange;
import swarm.scheduler.model.Wire;

/// One request as a route sees it. Confined to the request's thread.
public final class Call {
  /// A specification is some kilobytes; secrets and configs are at most 500 KiB and 1,000 KiB.
  static final int MAX_JSON_BYTES = 4 * 1024 * 1024;

  /// The longest answer that is sent in one piece.
  private static final int WHOLE_BYTES = 1024 * 1024;

  private static final int LIST_BUFFER_BYTES = 32 * 1024;
  private static final ObjectWriter LISTS =
      Wire.JSON.writer().without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);

  /// Docker's ways of saying no.
  private static final Set<String> NO = Set.of("0", "no", "false", "none");

  private static final Pattern VERSION = Pattern.compile("^/v1\\.(\\d{1,4})/");

  private final Exchange exchange;
  private final Matcher path;

  Call(Exchange exchange, Matcher path) {
    this.exchange = exchange;
    this.path = path;
  }

  Exchange exchange() {
    return exchange;
  }

  /// A part of the path, unescaped.
  String path(String name) {
    return URLDecoder.decode(path.group(name).replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /// The second number of the API's version that the client speaks; the newest where it names none.
  int minor() {
    Matcher version = VERSION.matcher(exchange.path());
    return version.find() ? Integer.parseInt(version.group(1)) : Router.NEWEST_MINOR;
  }

  String query(String name) {
    List<String> values = exchange.query().get(name);
    return values == null || values.isEmpty() ? "" : values.getFirst();
  }

  List<String> queries(String name) {
    return exchange.query().getOrDefault(name, List.of());
  }

  /// A flag: Docker's clients send `1`, `true` or `True`.
  boolean flag(String name) {
    return flag(name, false);
  }

  boolean flag(String name, boolean otherwise) {
    String value = query(name);
    return value.isEmpty() ? otherwise : !NO.contains(value.toLowerCase(Locale.ROOT));
  }

  long number(String name, long otherwise) throws ApiException {
    String value = query(name);
    if (value.isEmpty()) {
      return otherwise;
    }
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw ApiException.bad("query parameter " + name + " must be a number, not '" + value + "'");
    }
  }

  /// A point in time: RFC 3339, or seconds since 1970 with a fraction, as Docker's clients send it.
  Optional<Instant> time(String name) throws ApiException {
    String value = query(name);
    if (value.isEmpty() || value.equals("0")) {
      return Optional.empty();
    }
    try {
      if (value.matches("\\d+(\\.\\d+)?")) {
        int dot = value.indexOf('.');
        long seconds = Long.parseLong(dot < 0 ? value : value.substring(0, dot));
        String fraction = dot < 0 ? "" : value.substring(dot + 1);
        long nanos =
            fraction.isEmpty() ? 0 : Long.parseLong((fraction + "000000000").substring(0, 9));
        return Optional.of(Instant.ofEpochSecond(seconds, nanos));
      }
      return Optional.of(java.time.OffsetDateTime.parse(value).toInstant());
    } catch (java.time.DateTimeException | NumberFormatException e) {
      throw ApiException.bad(
          "query parameter "
              + name
              + " must be seconds since 1970 or RFC 3339, not '"
              + value
              + "'");
    }
  }

  /// The `filters` parameter: `{"name":["a"]}` or, from old clients, `{"name":{"a":true}}`.
  Map<String, Set<String>> filters() throws ApiException {
    String text = query("filters");
    var filters = new LinkedHashMap<String, Set<String>>();
    if (text.isEmpty()) {
      return filters;
    }
    JsonNode tree = JsonBody.tree(text.getBytes(StandardCharsets.UTF_8), "filters");
    if (!tree.isObject()) {
      throw ApiException.bad("filters must be a JSON object, such as {\"name\":[\"web\"]}");
    }
    for (var entry : tree.properties()) {
      var values = new TreeSet<String>();
      if (entry.getValue().isArray()) {
        entry.getValue().forEach(v -> values.add(v.asText()));
      } else if (entry.getValue().isObject()) {
        entry.getValue().fieldNames().forEachRemaining(values::add);
      } else { // without a value it would let everything through
        throw ApiException.bad(
            "filter " + entry.getKey() + " must be a list, such as {\"name\":[\"web\"]}");
      }
      filters.put(entry.getKey(), values);
    }
    return filters;
  }

  /// The body as JSON; an empty object where there is none.
  JsonNode json() throws ApiException, IOException {
    byte[] body = exchange.body().readNBytes(MAX_JSON_BYTES + 1);
    if (body.length > MAX_JSON_BYTES) {
      throw new ApiException(
          413, "the JSON body is larger than the limit of " + MAX_JSON_BYTES + " bytes");
    }
    ContentTypes.requireJson(exchange.header("Content-Type").orElse(""), body.length > 0);
    if (body.length == 0) {
      return Wire.JSON.createObjectNode();
    }
    JsonNode tree = JsonBody.tree(body, "the body");
    if (tree.isNull()) {
      return Wire.JSON.createObjectNode();
    }
    if (!tree.isObject()) {
      throw ApiException.bad("the body must be a JSON object");
    }
    return tree;
  }

  /// The body as one of our records.
  <T> T json(Class<T> type) throws ApiException, IOException {
    return JsonBody.value(json(), type);
  }

  void respond(int status, Object value) throws IOException {
    json(status, Wire.JSON.writeValueAsBytes(value));
  }

  /// Answers with a list that may be long: each element is made when it is its turn, and a client
  /// that reads slowly is waited for, so that a million of them are never in memory at once.
  void list(Iterator<?> elements) throws IOException {
    var out = new BufferedOutputStream(stream("application/json"), LIST_BUFFER_BYTES);
    SequenceWriter writer = LISTS.writeValuesAsArray(out);
    while (elements.hasNext()) {
      var _ = writer.write(elements.next());
    }
    writer.close(); // not where something was thrown: what broke off must not look whole
  }

  /// Writes an answer.
  @FunctionalInterface
  interface Writing {
    void to(OutputStream out) throws IOException;
  }

  /// As [#list], by who writes the JSON himself.
  void array(Writing writing) throws IOException {
    var out = new BufferedOutputStream(stream("application/json"), LIST_BUFFER_BYTES);
    writing.to(out);
    out.close(); // likewise not where something was thrown
  }

  /// Answers with JSON that may be long, and whose writer may still fail.
  void grown(Writing writing) throws IOException {
    var answer =
        new GrownAnswer(WHOLE_BYTES, json -> json(200, json), () -> stream("application/json"));
    var out = new BufferedOutputStream(answer, LIST_BUFFER_BYTES);
    writing.to(out);
    out.close(); // likewise
  }

  /// Answers with JSON that is written already: a long one piece by piece, as fast as the client
  /// reads, or it would be in the network's buffers at once.
  void json(int status, byte[] json) throws IOException {
    if (json.length <= WHOLE_BYTES) {
      exchange.respond(status, "application/json", json);
      return;
    }
    try (OutputStream out = exchange.stream(status, "application/json")) {
      out.write(json);
    }
  }

  void noContent() throws IOException {
    exchange.respond(204, "application/json", new byte[0]);
  }

  void text(String text) throws IOException {
    exchange.respond(200, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  OutputStream stream(String contentType) throws IOException {
    return exchange.stream(200, contentType);
  }
}
