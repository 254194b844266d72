package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Base64;
import java.util.regex.Pattern;
import swarm.node.api.error.ApiException;
import swarm.node.template.PayloadTemplates;
import swarm.runtime.json.JsonType;
import swarm.scheduler.model.PayloadKind;
import swarm.scheduler.model.PayloadSpec;
import swarm.template.TemplateException;

/// Reads and checks what is posted of a secret or config, in swarmkit's words. Its data is in no
/// message. Pure.
public final class PayloadValidator {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9-_.]*[a-zA-Z0-9])?");
  private static final int MAX_NAME = 64;

  private static final JsonShape SHAPE =
      new JsonShape()
          .with(JsonType.TEXT, "Name")
          .with(JsonType.MAP, "Labels")
          .with(JsonType.OBJECT, "Templating", "Driver");

  private PayloadValidator() {}

  /// What was posted, its types right.
  ///
  /// @throws ApiException 400 where a field has another type
  public static PayloadSpec read(JsonNode body) throws ApiException {
    SHAPE.check(body, "");
    JsonNode data = body.path("Data");
    if (!data.isMissingNode() && !data.isNull() && !base64(data)) {
      throw ApiException.bad("the body does not fit: Data must be a string in Base64 (RFC 4648)");
    }
    for (JsonNode label : body.path("Labels")) {
      if (label.isNull()) {
        throw Refusals.invalid("Labels must not hold null");
      }
    }
    return JsonBody.value(body, PayloadSpec.class);
  }

  private static boolean base64(JsonNode data) {
    try {
      return data.isTextual() && Base64.getDecoder().decode(data.textValue()) != null;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /// Whether one can be made of it.
  ///
  /// @throws ApiException 400 for what is wrong, 501 for what cannot be done
  public static void check(PayloadKind kind, PayloadSpec spec) throws ApiException {
    String name = spec.nameOrEmpty();
    if (name.isEmpty()) {
      throw Refusals.invalid("name must be provided");
    }
    if (name.length() > MAX_NAME || !NAME.matcher(name).matches()) { // long ones match slowly
      throw Refusals.invalid(
          "invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end character"
              + " must be [a-zA-Z0-9]");
    }
    if (Refusals.says(spec.other(), "Driver")) {
      throw ApiException.unimplemented("a driver (plugin) of a " + kind.word());
    }
    int size = spec.data() == null ? 0 : spec.data().size();
    if (size < 1 || size >= kind.limitBytes()) {
      throw Refusals.invalid(
          kind.word()
              + " data must be larger than 0 and less than "
              + kind.limitBytes()
              + " bytes");
    }
    checkTemplating(kind, spec);
  }

  private static void checkTemplating(PayloadKind kind, PayloadSpec spec) throws ApiException {
    PayloadSpec.Templating templating = spec.templating();
    if (templating == null) {
      return;
    }
    String driver = templating.name() == null ? "" : templating.name();
    if (!driver.equals(PayloadSpec.Templating.GOLANG)) {
      throw Refusals.invalid("unrecognized template type: '" + driver + "' is not golang");
    }
    Refusals.unknown("a template driver's ", templating.other());
    try {
      PayloadTemplates.check(spec.dataOrEmpty());
    } catch (TemplateException e) {
      if (e.isUnimplemented()) {
        throw ApiException.unimplemented(String.valueOf(e.getMessage()));
      }
      throw Refusals.invalid(kind.word() + " " + spec.nameOrEmpty() + ": " + e.getMessage());
    }
  }
}
