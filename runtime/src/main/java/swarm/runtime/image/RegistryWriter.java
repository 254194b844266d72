package swarm.runtime.image;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Writes to one repository of a registry (OCI distribution-spec, "Push"). Thread-safe.
final class RegistryWriter {
  private static final int ATTEMPTS = 5;
  private static final long FIRST_PAUSE_MILLIS = 250;
  private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-(\\d+)");
  private static final String BINARY = "application/octet-stream";

  private final RegistryHttp http;
  private final RegistrySite site;
  private final Reference repository;
  private final Credentials credentials;

  RegistryWriter(RegistryClient client, Reference repository, Credentials credentials) {
    this.http = client.http();
    this.site = client.sites().own(repository.registry());
    this.repository = repository;
    this.credentials = credentials;
  }

  /// A blob that is to be sent.
  interface Source {
    long size() throws IOException;

    /// Opens the content.
    InputStream open(long offset) throws IOException;
  }

  /// What was done for a blob.
  enum Sent {
    UPLOADED,
    MOUNTED
  }

  private RegistryHttp.Caller writer(@Nullable String from) {
    String scope = "repository:" + repository.repository() + ":pull,push";
    return new RegistryHttp.Caller(
        site.base().toString(),
        from == null ? scope : scope + " repository:" + from + ":pull",
        credentials,
        RegistryFailure.pushing(repository));
  }

  /// Whether the repository has a blob.
  boolean has(String digest) throws IOException, InterruptedException {
    var ask = new RegistryHttp.Ask("HEAD", uri("blobs/" + digest), Map.of(), null);
    HttpResponse<InputStream> response = http.exchange(ask, writer(null), Set.of(404));
    response.body().close();
    return response.statusCode() == 200;
  }

  private URI uri(String rest) {
    return site.uri(repository, rest);
  }

  /// Sends a blob. What broke off goes on where the registry has it up to, a bounded number of
  /// times without a byte that was kept between them.
  ///
  /// @param from a repository of the same registry that has it, perhaps
  /// @param progress hears how many bytes went
  Sent send(String digest, Source source, @Nullable String from, LongConsumer progress)
      throws IOException, InterruptedException {
    if (from != null) {
      Optional<URI> session = begin("?mount=" + digest + "&from=" + from, from);
      if (session.isEmpty()) {
        return Sent.MOUNTED;
      }
      upload(session.get(), digest, source, progress);
      return Sent.UPLOADED;
    }
    upload(null, digest, source, progress);
    return Sent.UPLOADED;
  }

  /// @return where to send to; empty where the registry had the blob elsewhere
  private Optional<URI> begin(String query, @Nullable String from)
      throws IOException, InterruptedException {
    var ask = new RegistryHttp.Ask("POST", uri("blobs/uploads/" + query), Map.of(), null);
    HttpResponse<InputStream> response = http.exchange(ask, writer(from), Set.of());
    response.body().close();
    return response.statusCode() == 201 && from != null
        ? Optional.empty()
        : Optional.of(location(response, ask.uri()));
  }

  private static URI location(HttpResponse<?> response, URI asked) throws ImageException {
    return RegistryHttp.address(
        response
            .headers()
            .firstValue("Location")
            .orElseThrow(
                () ->
                    new ImageException(
                        ImageException.Kind.UNAVAILABLE,
                        "registry "
                            + asked.getAuthority()
                            + " does not say where to send a blob to")),
        asked);
  }

  private void upload(@Nullable URI begun, String digest, Source source, LongConsumer progress)
      throws IOException, InterruptedException {
    @Nullable URI session = begun;
    long kept = 0;
    int failures = 0;
    while (true) {
      try {
        if (session == null) {
          session = begin("", null).orElseThrow();
          kept = 0;
        }
        if (kept < source.size() || source.size() == 0) {
          session = patch(session, source, kept, progress);
        }
        finish(session, digest);
        return;
      } catch (ImageException e) {
        if (e.kind() != ImageException.Kind.UNAVAILABLE || ++failures == ATTEMPTS) {
          throw e;
        }
      }
      Thread.sleep(FIRST_PAUSE_MILLIS << (failures - 1));
      if (session != null && has(digest)) {
        return; // only the answer was lost
      }
      @Nullable Rest rest = session == null ? null : rest(session, source.size());
      session = rest == null ? null : rest.session();
      if (rest != null && rest.offset() > kept) {
        failures = 0;
      }
      kept = rest == null ? 0 : rest.offset();
    }
  }

  /// Sends the rest of a blob in one part.
  private URI patch(URI session, Source source, long offset, LongConsumer progress)
      throws IOException, InterruptedException {
    long length = source.size() - offset;
    var headers = new java.util.LinkedHashMap<String, String>();
    headers.put("Content-Type", BINARY);
    if (offset > 0) {
      headers.put("Content-Range", offset + "-" + (source.size() - 1));
    }
    var body = new Upload(() -> source.open(offset), length, n -> progress.accept(offset + n));
    HttpResponse<InputStream> response =
        http.exchange(
            new RegistryHttp.Ask("PATCH", session, headers, body), writer(null), Set.of());
    response.body().close();
    return location(response, session);
  }

  private void finish(URI session, String digest) throws IOException, InterruptedException {
    String query = session.getRawQuery();
    URI uri =
        URI.create(
            session.toString().replaceFirst("\\?.*", "")
                + "?"
                + (query == null ? "" : query + "&")
                + "digest="
                + digest.replace(":", "%3A"));
    HttpResponse<InputStream> response =
        http.exchange(
            new RegistryHttp.Ask(
                "PUT", uri, Map.of("Content-Type", BINARY), Upload.of(new byte[0])),
            writer(null),
            Set.of());
    response.body().close();
  }

  /// Where an upload that broke off goes on.
  private record Rest(URI session, long offset) {}

  /// Asks how much of a blob an upload that broke off has; null where it is lost.
  private @Nullable Rest rest(URI session, long size) throws IOException, InterruptedException {
    try {
      HttpResponse<InputStream> response =
          http.exchange(RegistryHttp.Ask.get(session, "*/*"), writer(null), Set.of(404, 405, 416));
      response.body().close();
      Matcher range = RANGE.matcher(response.headers().firstValue("Range").orElse(""));
      if (response.statusCode() >= 400 || !range.matches() || range.group(1).length() > 18) {
        return null;
      }
      long last = Long.parseLong(range.group(1));
      // "0-0" is also what a registry says that has nothing
      return last == 0 || last >= size ? null : new Rest(location(response, session), last + 1);
    } catch (ImageException _) {
      return null; // a fresh upload will tell what is wrong
    }
  }

  /// Puts a manifest.
  ///
  /// @param target a tag or the manifest's digest
  void manifest(String target, String mediaType, byte[] content)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        HttpResponse<InputStream> response =
            http.exchange(
                new RegistryHttp.Ask(
                    "PUT",
                    uri("manifests/" + target),
                    Map.of("Content-Type", mediaType),
                    Upload.of(content)),
                writer(null),
                Set.of());
        response.body().close();
        String said = response.headers().firstValue("Docker-Content-Digest").orElse("");
        if (!said.isEmpty() && !said.equals(ContentStore.digestOf(content))) {
          throw Configuration.invalid(
              "the registry keeps the manifest as "
                  + said
                  + " where "
                  + ContentStore.digestOf(content)
                  + " was sent");
        }
        return;
      } catch (ImageException e) {
        if (e.kind() != ImageException.Kind.UNAVAILABLE || attempt == ATTEMPTS) {
          throw e;
        }
      }
      Thread.sleep(FIRST_PAUSE_MILLIS << (attempt - 1));
    }
  }
}
