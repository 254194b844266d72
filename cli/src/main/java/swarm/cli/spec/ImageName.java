package swarm.cli.spec;

/// An image's name in its parts, as the user wrote it.
///
/// @param repository with its registry, if any
/// @param tag without colon; empty where there is none
/// @param digest `sha256:...`; empty where there is none
public record ImageName(String repository, String tag, String digest) {
  public static ImageName parse(String text) throws InvalidValueException {
    int at = text.indexOf('@');
    String digest = at < 0 ? "" : text.substring(at + 1);
    String rest = at < 0 ? text : text.substring(0, at);
    int colon = rest.lastIndexOf(':');
    boolean tagged = colon > rest.lastIndexOf('/');
    String repository = tagged ? rest.substring(0, colon) : rest;
    String tag = tagged ? rest.substring(colon + 1) : "";
    if (repository.isEmpty() || (tagged && tag.isEmpty()) || (at >= 0 && digest.isEmpty())) {
      throw new InvalidValueException("invalid reference format: '" + text + "'");
    }
    return new ImageName(repository, tag, digest);
  }

  /// The name with Docker Hub's prefix spelled out and a tag: `docker.io/library/nginx:latest`.
  public String full() {
    int slash = repository.indexOf('/');
    String first = slash < 0 ? "" : repository.substring(0, slash);
    boolean registry = first.contains(".") || first.contains(":") || first.equals("localhost");
    String prefix = registry ? "" : slash < 0 ? "docker.io/library/" : "docker.io/";
    String version = digest.isEmpty() ? ":" + (tag.isEmpty() ? "latest" : tag) : "@" + digest;
    return prefix + repository + version;
  }

  /// The short name with a tag, as Docker's clients post it: `nginx:latest` for
  /// `docker.io/library/nginx`. A digest stays.
  public String familiar() {
    String name = repository.replaceFirst("^(index\\.)?docker\\.io/", "");
    boolean hub = !name.equals(repository);
    String shortest = hub || !repository.contains("/") ? name.replaceFirst("^library/", "") : name;
    return shortest
        + (tag.isEmpty() ? digest.isEmpty() ? ":latest" : "" : ":" + tag)
        + (digest.isEmpty() ? "" : "@" + digest);
  }

  /// What the API's `tag` parameter takes: a digest or a tag, `latest` where there is neither.
  public String version() {
    if (!digest.isEmpty()) {
      return digest;
    }
    return tag.isEmpty() ? "latest" : tag;
  }
}
