package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import swarm.cli.client.Json;

/// Reads Compose files.
public final class ComposeLoader {
  private static final String NEWEST = "3.13";

  /// The versions of the format that `docker stack` has schemas of; all are read as the newest.
  private static final int HIGHEST_MINOR = 13;

  private final Source source;
  private final boolean interpolate;

  /// A file's text.
  ///
  /// @param name as messages name it
  public record Text(String name, String text) {}

  /// Reads what the files name.
  @FunctionalInterface
  public interface Reader {
    byte[] read(Path file) throws IOException;
  }

  /// Where what the files leave open comes from.
  ///
  /// @param folder what relative paths begin at; absolute
  /// @param environment the caller's variables
  public record Source(Path folder, Map<String, String> environment, Reader reader) {
    public Source {
      environment = java.util.Collections.unmodifiableMap(new TreeMap<>(environment));
    }

    /// A file by a path relative to the first Compose file.
    byte[] read(String path) throws ComposeException {
      Path file = resolve(path);
      try {
        return reader.read(file);
      } catch (NoSuchFileException _) {
        throw new ComposeException("open " + file + ": no such file or directory");
      } catch (IOException e) {
        throw new ComposeException("read " + file + ": " + e.getMessage());
      }
    }

    Path resolve(String path) throws ComposeException {
      try {
        return folder.resolve(path).normalize();
      } catch (java.nio.file.InvalidPathException e) {
        throw new ComposeException("invalid path: " + e.getMessage());
      }
    }
  }

  private ComposeLoader(Source source, boolean interpolate) {
    this.source = source;
    this.interpolate = interpolate;
  }

  /// @param files at least one; later ones override
  /// @param interpolate whether variables are put in
  public static ComposeFile load(List<Text> files, Source source, boolean interpolate)
      throws ComposeException {
    var loader = new ComposeLoader(source, interpolate);
    var read = new ArrayList<Value.Members>();
    for (Text file : files) {
      read.add(YamlReader.read(file.name(), file.text()));
    }
    ComposeFile all = null;
    for (Value.Members file : read) {
      ComposeFile one = loader.one(file);
      if (all != null && !all.version().equals(one.version())) {
        throw new ComposeException(
            file.place(),
            "version mismatched between two composefiles : "
                + all.version()
                + " and "
                + one.version());
      }
      all = all == null ? one : Merge.files(all, one);
    }
    if (all == null) {
      throw new ComposeException("Specify a Compose file (with --compose-file)");
    }
    return new ComposeFile(
        all.version(),
        Schema.ordered("services", all.services()),
        Schema.ordered("networks", all.networks()),
        Schema.ordered("volumes", all.volumes()),
        Schema.ordered("secrets", all.secrets()),
        Schema.ordered("configs", all.configs()),
        all.extensions(),
        warnings(read, all.places()),
        all.places());
  }

  private static List<String> warnings(List<Value.Members> files, Shape.Places places) {
    var all = new ArrayList<String>(places.notes());
    all.addAll(Properties.warnings(files));
    return all;
  }

  private ComposeFile one(Value.Members file) throws ComposeException {
    Properties.check(file);
    String version = version(file);
    Value.Members ready = interpolate ? Interpolation.apply(file, source.environment()) : file;
    var places = new Shape.Places();
    ObjectNode all = Schema.read(ready, places);
    ObjectNode extensions = Json.object();
    for (var member : all.properties()) {
      if (member.getKey().startsWith("x-")) {
        extensions.set(member.getKey(), member.getValue());
      }
    }
    var one =
        new ComposeFile(
            version,
            section(all, "services"),
            section(all, "networks"),
            section(all, "volumes"),
            section(all, "secrets"),
            section(all, "configs"),
            extensions,
            List.of(),
            places);
    for (var service : one.services().properties()) {
      var resolver = new ServiceFiles(source, places, "services." + service.getKey());
      resolver.resolve((ObjectNode) service.getValue());
    }
    External.resolve(one, source);
    return one;
  }

  private static ObjectNode section(ObjectNode all, String name) {
    return all.get(name) instanceof ObjectNode section ? section : Json.object();
  }

  private static String version(Value.Members file) throws ComposeException {
    Value given = file.all().get("version");
    if (given == null) {
      return NEWEST;
    }
    JsonNode json = given.json();
    String text = json.isValueNode() ? Scalars.text(json) : json.toString();
    if (text.isEmpty() || text.equals("3")) {
      return NEWEST;
    }
    for (int minor = 0; minor <= HIGHEST_MINOR; minor++) {
      if (text.equals("3." + minor)) {
        return text;
      }
    }
    throw new ComposeException(given.place(), "unsupported Compose file version: " + text);
  }
}
