package swarm.runtime.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import swarm.runtime.oci.Signals;

/// Makes an image of one layer out of the tar of a root file system (`docker import`).
public final class ImageImporter {
  private static final Pattern PORT = Pattern.compile("([1-9]\\d{0,4})(/(?:tcp|udp|sctp))?");

  private final ImageStore store;

  public ImageImporter(ImageStore store) {
    this.store = store;
  }

  /// @param changes Dockerfile instructions for the configuration: `CMD ENTRYPOINT ENV EXPOSE LABEL
  ///   STOPSIGNAL USER VOLUME WORKDIR`
  /// @throws ImageException where a change cannot be read or the tar is broken; nothing is kept
  ///   then
  public Image importTar(
      InputStream tar,
      @Nullable Reference reference,
      List<String> changes,
      String message,
      String architecture,
      Instant now)
      throws IOException {
    ObjectNode config = ImageStore.JSON.createObjectNode();
    for (String change : changes) {
      apply(config, change.strip());
    }
    Image made = null;
    store.intake().lock();
    try {
      made = importHeld(tar, reference, config, message, architecture, now);
      return made;
    } finally {
      store.intake().unlock();
      if (made == null) {
        store.discardUnused();
      }
    }
  }

  private Image importHeld(
      InputStream tar,
      @Nullable Reference reference,
      ObjectNode config,
      String message,
      String architecture,
      Instant now)
      throws IOException {
    String blob = store.content().put(tar);
    String diffId;
    try {
      diffId = LayerStore.diffId(store.content().path(blob));
      store.layers().unpack(diffId, store.content().path(blob));
    } catch (IOException e) {
      throw new ImageException(
          ImageException.Kind.INVALID, "this is no readable tar: " + e.getMessage());
    }
    ObjectNode image = ImageStore.JSON.createObjectNode();
    image.put("created", now.toString());
    image.put("architecture", architecture);
    image.put("os", "linux");
    image.set("config", config);
    ObjectNode rootfs = image.putObject("rootfs");
    rootfs.put("type", "layers");
    rootfs.putArray("diff_ids").add(diffId);
    image.putArray("history").addObject().put("created", now.toString()).put("comment", message);
    String id =
        store.content().put(new ByteArrayInputStream(ImageStore.JSON.writeValueAsBytes(image)));
    var layer =
        new Image.Layer(
            diffId,
            blob,
            "application/vnd.oci.image.layer.v1.tar",
            Files.size(store.content().path(blob)));
    return store.add(id, List.of(layer), reference, null);
  }

  /// Applies one instruction to an image's configuration.
  static void apply(ObjectNode config, String change) throws ImageException {
    int space = change.indexOf(' ');
    if (space < 0) {
      throw invalid(change);
    }
    String instruction = change.substring(0, space).toUpperCase(Locale.ROOT);
    String value = change.substring(space + 1).strip();
    switch (instruction) {
      case "CMD" -> config.set("Cmd", command(value));
      case "ENTRYPOINT" -> config.set("Entrypoint", command(value));
      case "ENV" -> pairs(value).forEach(p -> config.withArray("Env").add(p));
      case "LABEL" ->
          pairs(value)
              .forEach(
                  p ->
                      config
                          .withObject("/Labels")
                          .put(p.substring(0, p.indexOf('=')), p.substring(p.indexOf('=') + 1)));
      case "EXPOSE" -> {
        for (String port : value.split("\\s+")) {
          config.withObject("/ExposedPorts").putObject(port(port));
        }
      }
      case "VOLUME" -> {
        JsonNode names = command(value);
        for (JsonNode name :
            value.startsWith("[") ? names : ImageStore.JSON.valueToTree(value.split("\\s+"))) {
          config.withObject("/Volumes").putObject(name.asText());
        }
      }
      case "USER" -> config.put("User", value);
      case "WORKDIR" -> config.put("WorkingDir", value);
      case "STOPSIGNAL" -> {
        if (Signals.number(value).isEmpty()) {
          throw invalid(change);
        }
        config.put("StopSignal", value);
      }
      default -> throw invalid(change);
    }
  }

  /// A port with its protocol.
  private static String port(String text) throws ImageException {
    Matcher m = PORT.matcher(text);
    if (!m.matches() || Integer.parseInt(m.group(1)) > 65_535) {
      throw invalid(text);
    }
    return m.group(2) == null ? text + "/tcp" : text;
  }

  private static JsonNode command(String value) throws ImageException {
    if (value.startsWith("[")) {
      try {
        JsonNode words = ImageStore.JSON.readTree(value);
        for (JsonNode word : words) {
          if (!word.isTextual()) {
            throw invalid(value);
          }
        }
        return words;
      } catch (JsonProcessingException e) {
        throw invalid(value);
      }
    }
    return ImageStore.JSON.createArrayNode().add("/bin/sh").add("-c").add(value);
  }

  private static List<String> pairs(String value) throws ImageException {
    if (!value.contains("=")) {
      int space = value.indexOf(' ');
      if (space < 0) {
        throw invalid(value);
      }
      return List.of(value.substring(0, space) + "=" + value.substring(space + 1));
    }
    var all = new ArrayList<String>();
    for (String pair : value.split("\\s+(?=[A-Za-z0-9_.-]+=)")) {
      int equal = pair.indexOf('=');
      if (equal < 1) {
        throw invalid(value);
      }
      all.add(pair.substring(0, equal + 1) + pair.substring(equal + 1).replaceAll("^\"|\"$", ""));
    }
    return all;
  }

  private static ImageException invalid(String change) {
    return new ImageException(
        ImageException.Kind.INVALID,
        "'"
            + change
            + "' is not a valid change command; use CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER,"
            + " VOLUME or WORKDIR with a value");
  }
}
