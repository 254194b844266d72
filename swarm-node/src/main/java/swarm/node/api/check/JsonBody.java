package swarm.node.api.check;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.Wire;

/// Reads what users send as JSON, strictly: nothing behind the value, no field twice, for of both
/// only one part would be heeded. What is wrong is told in JSON's words, not in Java's. Pure.
public final class JsonBody {
  private static final ObjectReader STRICT =
      Wire.JSON
          .reader()
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  /// What is stored is read leniently, what users send is not: `"3"` is no number, 2.7 no integer.
  private static final JsonMapper VALUES =
      Wire.JSON
          .rebuild()
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .withCoercionConfig(
              LogicalType.Textual,
              text ->
                  text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .build();

  private static final int SHOWN = 60;

  private static final Set<Class<?>> FRACTIONS =
      Set.of(Double.class, double.class, Float.class, float.class);

  /// `[Source: REDACTED (...); line: 1, column: 2]`: only the place says something to a user.
  private static final Pattern SOURCE = Pattern.compile("\\[Source: [^\\]]*; (line: [^\\]]*)\\]");

  private static final Pattern LIMIT_NAME = Pattern.compile(",? ?\\(?from `[^`]*`\\)?");

  private JsonBody() {}

  /// @param what how the text is called towards the user
  /// @return a missing or null node where the text has no value
  /// @throws ApiException 400 where the text is not one JSON value
  public static JsonNode tree(byte[] text, String what) throws ApiException {
    try {
      JsonNode tree = STRICT.readTree(text);
      if (!wellFormed(tree)) {
        throw ApiException.bad(
            what
                + " has half of a surrogate pair, or a NUL character, in a string: neither can be"
                + " written or passed on");
      }
      return tree;
    } catch (MismatchedInputException e) {
      throw ApiException.bad(what + " is not JSON: there is more behind the end of the value");
    } catch (JsonProcessingException e) {
      throw ApiException.bad(what + " is not JSON: " + plain(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("reading from memory failed", e);
    }
  }

  /// Whether every string can be written as UTF-8 (RFC 8259, section 8.2), and passed on to the
  /// kernel, for which a NUL character is the end.
  private static boolean wellFormed(JsonNode node) {
    if (node.isTextual()) {
      return isWellFormed(node.textValue());
    }
    for (var field : node.properties()) {
      if (!isWellFormed(field.getKey())) {
        return false;
      }
    }
    for (JsonNode child : node) {
      if (!wellFormed(child)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isWellFormed(String text) {
    return text.codePoints()
        .noneMatch(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
  }

  /// @throws ApiException 400 where a field of the tree has another type than the record's
  public static <T> T value(JsonNode tree, Class<T> type) throws ApiException {
    try {
      return VALUES.treeToValue(tree, type);
    } catch (JsonMappingException e) {
      Class<?> target = e instanceof MismatchedInputException m ? m.getTargetType() : null;
      String path = path(e);
      throw misfit(path.isEmpty() ? "it" : path, kind(target), found(tree, e));
    } catch (JsonProcessingException e) {
      throw ApiException.bad("the body does not fit: " + plain(e.getOriginalMessage()));
    }
  }

  /// @param wanted such as `a string`
  static ApiException misfit(String field, String wanted, JsonNode found) {
    String text = found.toString();
    String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
    return ApiException.bad(
        "the body does not fit: "
            + field
            + " must be "
            + wanted
            + (found.isMissingNode() ? "" : ", not " + shown));
  }

  private static JsonNode found(JsonNode tree, JsonMappingException e) {
    JsonNode at = tree;
    for (JsonMappingException.Reference step : e.getPath()) {
      at = step.getFieldName() == null ? at.path(step.getIndex()) : at.path(step.getFieldName());
    }
    return at;
  }

  private static String plain(String message) {
    return LIMIT_NAME.matcher(SOURCE.matcher(message).replaceAll("$1")).replaceAll("");
  }

  private static String path(JsonMappingException e) {
    var path = new StringBuilder();
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
      }
    }
    return path.toString();
  }

  private static String kind(@Nullable Class<?> type) {
    if (type == null) {
      return "a value within its range";
    }
    if (type == String.class) {
      return "a string";
    }
    if (type == Boolean.class || type == boolean.class) {
      return "true or false";
    }
    if (FRACTIONS.contains(type)) {
      return "a number";
    }
    if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
      return "an integer within its range";
    }
    if (Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    return Map.class.isAssignableFrom(type) || type.isRecord()
        ? "an object"
        : "a value of another type";
  }
}
