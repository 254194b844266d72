package swarm.cli.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

/// JSON trees read and written without an `ObjectMapper`, whose set-up would be a good part of a
/// short command's life.
public final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Json() {}

  public static ObjectNode object() {
    return NODES.objectNode();
  }

  public static ArrayNode array() {
    return NODES.arrayNode();
  }

  /// The one value of a text; [MissingNode] where there is none.
  public static JsonNode parse(InputStream in) throws IOException {
    try (JsonParser parser = FACTORY.createParser(in)) {
      return next(parser);
    }
  }

  /// The one value of a text.
  public static JsonNode parse(String text) throws IOException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      return next(parser);
    }
  }

  /// Values that follow one another, as the API's streams send them.
  public static Sequence sequence(InputStream in) throws IOException {
    return new Sequence(FACTORY.createParser(in));
  }

  /// A stream of values.
  public static final class Sequence implements AutoCloseable {
    private final JsonParser parser;

    private Sequence(JsonParser parser) {
      this.parser = parser;
    }

    /// The next value, waited for; null at the end.
    public @Nullable JsonNode next() throws IOException {
      JsonNode node = Json.next(parser);
      return node.isMissingNode() ? null : node;
    }

    @Override
    public void close() throws IOException {
      parser.close();
    }
  }

  private static JsonNode next(JsonParser parser) throws IOException {
    try {
      JsonToken token = parser.nextToken();
      return token == null ? MissingNode.getInstance() : value(parser, token);
    } catch (JsonProcessingException e) {
      throw new IOException("that is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /// Jackson bounds the depth (1,000), so this recursion is bounded, too.
  private static JsonNode value(JsonParser parser, JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> members(parser);
      case START_ARRAY -> items(parser);
      case VALUE_STRING -> NODES.textNode(parser.getText());
      case VALUE_NUMBER_INT ->
          switch (parser.getNumberType()) {
            case INT, LONG -> NODES.numberNode(parser.getLongValue());
            case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL ->
                NODES.numberNode(parser.getBigIntegerValue());
          };
      case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      case VALUE_NULL -> NODES.nullNode();
      case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
          throw new IOException("that is not JSON: " + token + " stands where a value should");
    };
  }

  private static ObjectNode members(JsonParser parser) throws IOException {
    ObjectNode node = NODES.objectNode();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      node.set(name, value(parser, parser.nextToken()));
    }
    return node;
  }

  private static ArrayNode items(JsonParser parser) throws IOException {
    ArrayNode node = NODES.arrayNode();
    for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
      node.add(value(parser, t));
    }
    return node;
  }

  /// On one line.
  public static String text(JsonNode node) {
    var out = new StringWriter();
    write(node, out);
    return out.toString();
  }

  private static void write(JsonNode node, Writer out) {
    try (JsonGenerator generator = FACTORY.createGenerator(out)) {
      write(node, generator);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter throws none
    }
  }

  private static void write(JsonNode node, JsonGenerator out) throws IOException {
    switch (node.getNodeType()) {
      case OBJECT -> {
        out.writeStartObject();
        for (var member : node.properties()) {
          out.writeFieldName(member.getKey());
          write(member.getValue(), out);
        }
        out.writeEndObject();
      }
      case ARRAY -> {
        out.writeStartArray();
        for (JsonNode item : node) {
          write(item, out);
        }
        out.writeEndArray();
      }
      case STRING -> out.writeString(node.textValue());
      case NUMBER -> out.writeNumber(node.asText());
      case BOOLEAN -> out.writeBoolean(node.booleanValue());
      case NULL, MISSING -> out.writeNull();
      case BINARY, POJO -> throw new IllegalStateException("the API has no " + node.getNodeType());
    }
  }

  /// As `docker inspect` prints: four spaces a level, `[]` and `{}` for what is empty.
  public static String pretty(JsonNode node) {
    var out = new StringBuilder();
    pretty(node, "", out);
    return out.toString();
  }

  private static void pretty(JsonNode node, String indent, StringBuilder out) {
    String inner = indent + "    ";
    if (node.isObject() && !node.isEmpty()) {
      String before = "{\n";
      for (var member : node.properties()) {
        out.append(before).append(inner).append(text(NODES.textNode(member.getKey())));
        out.append(": ");
        pretty(member.getValue(), inner, out);
        before = ",\n";
      }
      out.append('\n').append(indent).append('}');
    } else if (node.isArray() && !node.isEmpty()) {
      String before = "[\n";
      for (JsonNode item : node) {
        out.append(before).append(inner);
        pretty(item, inner, out);
        before = ",\n";
      }
      out.append('\n').append(indent).append(']');
    } else {
      out.append(text(node));
    }
  }
}
