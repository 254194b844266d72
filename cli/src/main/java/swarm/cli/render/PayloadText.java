package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// A secret or config as `--pretty` shows it, in Docker's words.
public final class PayloadText {
  private PayloadText() {}

  /// @param one as `GET /secrets/ID` or `GET /configs/ID` has it
  /// @return the text with its line ends
  public static String of(JsonNode one, boolean secret) {
    var text = new StringBuilder();
    text.append(secret ? "ID:              \t" : "ID:\t\t\t").append(one.path("ID").asText());
    text.append(secret ? "\nName:              \t" : "\nName:\t\t\t")
        .append(one.at("/Spec/Name").asText())
        .append('\n');
    JsonNode labels = one.at("/Spec/Labels");
    if (!labels.isEmpty()) {
      text.append("Labels:\n");
      Words.pairs(labels, "=").forEach(label -> text.append(" - ").append(label).append('\n'));
    }
    if (secret) {
      text.append("Driver:            \t")
          .append(one.at("/Spec/Driver/Name").asText(""))
          .append('\n');
    }
    text.append("Created at:            \t")
        .append(NodeText.time(one.path("CreatedAt").asText()))
        .append(secret ? "\nUpdated at:        \t" : "\nUpdated at:            \t")
        .append(NodeText.time(one.path("UpdatedAt").asText()))
        .append('\n');
    if (!secret) {
      byte[] data = Base64.getDecoder().decode(one.at("/Spec/Data").asText(""));
      text.append("Data:\n").append(new String(data, StandardCharsets.UTF_8)).append('\n');
    }
    return text.toString();
  }
}
