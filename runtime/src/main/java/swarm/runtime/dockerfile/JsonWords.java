package swarm.runtime.dockerfile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import swarm.runtime.json.JsonTexts;

/// The JSON form of an instruction's arguments: `["a", "b"]`. Pure.
final class JsonWords {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private JsonWords() {}

  /// The words; nothing where it is no JSON array at all, and means what it says.
  ///
  /// @throws DockerfileException for an array of something else
  static Optional<List<String>> read(String text) throws DockerfileException {
    if (!Characters.trimLeft(text).startsWith("[")) {
      return Optional.empty();
    }
    JsonNode array;
    try {
      array = JSON.readTree(JsonTexts.wellFormed(text));
    } catch (JsonProcessingException _) {
      return Optional.empty();
    }
    var words = new ArrayList<String>();
    for (JsonNode word : array) {
      if (!word.isTextual()) {
        throw new DockerfileException(
            "when using JSON array syntax, arrays must be comprised of strings only");
      }
      words.add(word.asText());
    }
    return Optional.of(List.copyOf(words));
  }
}
