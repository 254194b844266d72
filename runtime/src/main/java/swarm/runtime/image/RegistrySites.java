package swarm.runtime.image;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Which servers answer for a repository, in the order in which they are asked: what is on Docker
/// Hub comes from its mirrors, as far as they have it. A mirror that fails is left alone for a
/// while. Thread-safe.
final class RegistrySites {
  private static final String HUB = "docker.io";
  private static final URI HUB_SERVER = URI.create("https://registry-1.docker.io");
  private static final Duration REST = Duration.ofMinutes(1);
  private static final int MAX_RESTING = 100;

  private final RegistryOptions options;
  private final Cache<URI, Boolean> resting =
      Caffeine.newBuilder().maximumSize(MAX_RESTING).expireAfterWrite(REST).build();

  RegistrySites(RegistryOptions options) {
    this.options = options;
  }

  /// What is asked of a site.
  @FunctionalInterface
  interface Question<T> {
    T ask(RegistrySite site) throws IOException, InterruptedException;
  }

  /// The registry itself.
  RegistrySite own(String registry) {
    return new RegistrySite(
        registry.equals(HUB)
            ? HUB_SERVER
            : URI.create((options.plain(registry) ? "http" : "https") + "://" + registry),
        false);
  }

  private List<RegistrySite> readers(Reference reference) {
    var all = new ArrayList<RegistrySite>();
    if (reference.registry().equals(HUB)) {
      for (String mirror : options.mirrors()) {
        URI base = URI.create(mirror.replaceFirst("/+$", ""));
        if (resting.getIfPresent(base) == null) {
          all.add(new RegistrySite(base, true));
        }
      }
    }
    all.add(own(reference.registry()));
    return all;
  }

  /// Leaves the first mirror alone that is asked for a repository: what it gave was wrong.
  ///
  /// @return whether there was one, so that another site is asked the next time
  boolean passOver(Reference reference) {
    List<RegistrySite> all = readers(reference);
    if (!all.getFirst().mirror()) {
      return false;
    }
    resting.put(all.getFirst().base(), true);
    return true;
  }

  /// Asks one site after the other until one has an answer; the last one's failure is told.
  <T> T read(Reference reference, Question<T> question) throws IOException, InterruptedException {
    List<RegistrySite> all = readers(reference);
    for (RegistrySite site : all.subList(0, all.size() - 1)) {
      try {
        return question.ask(site);
      } catch (ImageException e) {
        if (e.kind() == ImageException.Kind.UNAVAILABLE) {
          resting.put(site.base(), true);
        }
      }
    }
    return question.ask(all.getLast());
  }
}
