package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads from registries (OCI distribution-spec), and opens the ways to do other things with them.
/// Thread-safe; one for the life of the daemon.
public final class RegistryClient implements AutoCloseable {
  static final String MANIFESTS =
      String.join(
          ", ",
          "application/vnd.oci.image.index.v1+json",
          "application/vnd.docker.distribution.manifest.list.v2+json",
          "application/vnd.oci.image.manifest.v1+json",
          "application/vnd.docker.distribution.manifest.v2+json");
  static final int MAX_MANIFEST = 4 * 1024 * 1024;
  private static final int TAGS_AT_ONCE = 1_000;
  private static final int MAX_TAG_PAGES = 20;
  private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"?next\"?");
  private static final Duration STALL = Duration.ofSeconds(60);

  private final RegistrySites sites;
  private final RegistryHttp http;

  public RegistryClient(RegistryOptions options) {
    this(options, STALL);
  }

  /// @param stall how long a blob's connection may be silent
  RegistryClient(RegistryOptions options, Duration stall) {
    sites = new RegistrySites(options);
    http = new RegistryHttp(options, stall);
  }

  RegistrySites sites() {
    return sites;
  }

  RegistryHttp http() {
    return http;
  }

  /// A mirror that gave something wrong is not asked again for a while.
  ///
  /// @return whether there is another site to ask
  boolean passOver(Reference reference) {
    return sites.passOver(reference);
  }

  /// @param digest of the exact bytes
  record Manifest(String mediaType, byte[] content, String digest) {}

  private static RegistryHttp.Caller reader(
      RegistrySite site, Reference reference, Credentials credentials) {
    return new RegistryHttp.Caller(
        site.base().toString(),
        "repository:" + reference.repository() + ":pull",
        site.mirror() ? Credentials.NONE : credentials,
        RegistryFailure.pulling(reference));
  }

  /// Fetches a manifest or an index by tag or digest.
  Manifest manifest(Reference reference, String target, Credentials credentials)
      throws IOException, InterruptedException {
    return sites.read(reference, site -> manifest(site, reference, target, credentials));
  }

  private Manifest manifest(
      RegistrySite site, Reference reference, String target, Credentials credentials)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        http.exchange(
            RegistryHttp.Ask.get(site.uri(reference, "manifests/" + target), MANIFESTS),
            reader(site, reference, credentials),
            Set.of());
    try (InputStream body = response.body()) {
      byte[] content = body.readNBytes(MAX_MANIFEST + 1);
      if (content.length > MAX_MANIFEST) {
        throw new ImageException(
            ImageException.Kind.INVALID,
            "the manifest of "
                + reference.familiar()
                + " is larger than "
                + MAX_MANIFEST
                + " bytes");
      }
      String digest = ContentStore.digestOf(content);
      if (target.startsWith("sha256:") && !target.equals(digest)) {
        throw new ImageException(
            ImageException.Kind.INVALID,
            "the registry sent a manifest " + digest + " where " + target + " was asked for");
      }
      String type = response.headers().firstValue("Content-Type").orElse("");
      return new Manifest(type.replaceFirst("\\s*;.*", ""), content, digest);
    }
  }

  /// The tags of a repository (OCI distribution-spec, "Listing Tags"), page by page.
  List<String> tags(Reference repository, Credentials credentials)
      throws IOException, InterruptedException {
    return sites.read(repository, site -> tags(site, repository, credentials));
  }

  private List<String> tags(RegistrySite site, Reference repository, Credentials credentials)
      throws IOException, InterruptedException {
    URI first = site.uri(repository, "tags/list?n=" + TAGS_AT_ONCE);
    var all = new ArrayList<String>();
    URI page = first;
    for (int i = 0; i < MAX_TAG_PAGES; i++) {
      HttpResponse<InputStream> response =
          http.exchange(
              RegistryHttp.Ask.get(page, "application/json"),
              reader(site, repository, credentials),
              Set.of());
      try (InputStream body = response.body()) {
        JsonNode answer =
            Configuration.json(body.readNBytes(MAX_MANIFEST), "the registry's list of tags");
        answer.path("tags").forEach(tag -> all.add(tag.asText()));
      }
      Matcher next = NEXT.matcher(response.headers().firstValue("Link").orElse(""));
      if (!next.find()) {
        return all;
      }
      page = RegistryHttp.address(next.group(1), page);
      if (!RegistryHttp.sameServer(page, first)) { // it would get the credentials
        throw Configuration.invalid("the registry's list of tags goes on at another server");
      }
    }
    throw Configuration.invalid(
        repository.familiarRepository()
            + " has more than "
            + all.size()
            + " tags; pull those you need by name");
  }

  /// A blob's content from `offset` on.
  ///
  /// @param offset where `in` begins: 0 where the registry sends no parts
  record Blob(InputStream in, long offset) {}

  /// Opens a blob; its content must be checked by the caller.
  ///
  /// @param offset how many bytes are here already
  Blob blob(Reference reference, String digest, long offset, Credentials credentials)
      throws IOException, InterruptedException {
    return sites.read(reference, site -> blob(site, reference, digest, offset, credentials));
  }

  private Blob blob(
      RegistrySite site, Reference reference, String digest, long offset, Credentials credentials)
      throws IOException, InterruptedException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Accept", "*/*");
    if (offset > 0) {
      headers.put("Range", "bytes=" + offset + "-");
    }
    HttpResponse<InputStream> response =
        http.exchange(
            new RegistryHttp.Ask("GET", site.uri(reference, "blobs/" + digest), headers, null),
            reader(site, reference, credentials),
            Set.of());
    return new Blob(
        new StallGuard(response.body(), http.stall()), response.statusCode() == 206 ? offset : 0);
  }

  @Override
  public void close() {
    http.close();
  }
}
