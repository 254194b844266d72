package swarm.runtime.image;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// An image's name, as Docker reads it: `web` is `docker.io/library/web:latest`.
///
/// @param registry host and port
/// @param repository path within the registry
/// @param tag null where only a digest is given
/// @param digest `sha256:...`, null where only a tag is given
public record Reference(
    String registry, String repository, @Nullable String tag, @Nullable String digest) {
  private static final String DEFAULT_REGISTRY = "docker.io";
  private static final Pattern REPOSITORY =
      Pattern.compile(
          "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*");
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  /// A host name, an IPv4 address or a bracketed IPv6 one, with or without a port.
  private static final Pattern REGISTRY =
      Pattern.compile(
          "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
              + "(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\\[[a-fA-F0-9:]+])(?::[0-9]{1,5})?");

  private static final int MAX_REPOSITORY = 255;
  private static final int MAX_PORT = 65_535;

  /// Reads a name; where it has neither tag nor digest, the tag is `latest`.
  public static Reference parse(String text) throws ImageException {
    String rest = text;
    String digest = null;
    int at = rest.indexOf('@');
    if (at >= 0) {
      digest = rest.substring(at + 1);
      rest = rest.substring(0, at);
      if (!DIGEST.matcher(digest).matches()) {
        throw invalid(text);
      }
    }
    String tag = null;
    int colon = rest.lastIndexOf(':');
    if (colon > rest.lastIndexOf('/')) {
      tag = rest.substring(colon + 1);
      rest = rest.substring(0, colon);
      if (!TAG.matcher(tag).matches()) {
        throw invalid(text);
      }
    }
    String registry = DEFAULT_REGISTRY;
    int slash = rest.indexOf('/');
    if (slash > 0) {
      String head = rest.substring(0, slash);
      if (head.contains(".") || head.contains(":") || head.equals("localhost")) {
        registry = head.equals("index.docker.io") ? DEFAULT_REGISTRY : head;
        rest = rest.substring(slash + 1);
      }
    }
    if (!REPOSITORY.matcher(rest).matches()
        || rest.length() > MAX_REPOSITORY
        || !REGISTRY.matcher(registry).matches()
        || port(registry) > MAX_PORT) {
      throw invalid(text);
    }
    if (registry.equals(DEFAULT_REGISTRY) && !rest.contains("/")) {
      rest = "library/" + rest;
    }
    if (tag == null && digest == null) {
      tag = "latest";
    }
    return new Reference(registry, rest, tag, digest);
  }

  /// Whether a name is a repository's alone, without tag or digest.
  public static boolean isNameOnly(String text) {
    return text.indexOf('@') < 0 && text.lastIndexOf(':') <= text.lastIndexOf('/');
  }

  /// The same repository under another tag.
  ///
  /// @throws ImageException where that is no tag
  public Reference withTag(String other) throws ImageException {
    if (!TAG.matcher(other).matches()) {
      throw invalid(familiarRepository() + ":" + other);
    }
    return new Reference(registry, repository, other, null);
  }

  private static int port(String registry) {
    int colon = registry.lastIndexOf(':');
    return colon > registry.lastIndexOf(']') && colon >= 0
        ? Integer.parseInt(registry.substring(colon + 1))
        : 0;
  }

  private static ImageException invalid(String text) {
    return new ImageException(
        ImageException.Kind.INVALID,
        "invalid reference format: '" + text + "' is not [REGISTRY/]NAME[:TAG][@sha256:DIGEST]");
  }

  /// The repository as users write it: without Docker Hub's own parts.
  public String familiarRepository() {
    if (!registry.equals(DEFAULT_REGISTRY)) {
      return registry + "/" + repository;
    }
    return repository.startsWith("library/")
        ? repository.substring("library/".length())
        : repository;
  }

  /// The whole name as users write it.
  public String familiar() {
    return familiarRepository()
        + (tag == null ? "" : ":" + tag)
        + (digest == null ? "" : "@" + digest);
  }

  /// What a registry is asked for: the digest where there is one, else the tag.
  public String target() {
    if (digest != null) {
      return digest;
    }
    return tag == null ? "latest" : tag;
  }
}
