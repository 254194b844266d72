package swarm.node.api.filter;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import swarm.node.api.error.ApiException;
import swarm.runtime.image.Image;

/// Which images a list shows, and under which of their names: Docker's `images --filter`. Pure.
public final class ImageFilter {
  private static final Set<String> KEYS =
      Set.of("before", "dangling", "label", "reference", "since", "until");

  private final Filters filters;
  private final Optional<Boolean> dangling;
  private final List<Pattern> references;
  private Instant before = Instant.MAX;
  private Instant since = Instant.MIN;

  /// Finds an image by name or id.
  public interface Finder {
    /// @throws IOException where there is no such image
    Image get(String nameOrId) throws IOException;
  }

  private ImageFilter(Filters filters, List<Pattern> references, Optional<Boolean> dangling) {
    this.filters = filters;
    this.references = references;
    this.dangling = dangling;
  }

  /// @param images where `before` and `since` are looked up
  /// @throws ApiException where a filter cannot be read
  public static ImageFilter of(
      Map<String, Set<String>> given, Finder images, Instant now, ZoneId zone)
      throws ApiException, IOException {
    Filters filters = Filters.of(given, KEYS);
    var patterns = new java.util.ArrayList<Pattern>();
    for (String pattern : filters.get("reference")) {
      patterns.add(glob(pattern));
    }
    var filter = new ImageFilter(filters, patterns, filters.flag("dangling"));
    for (String name : filters.get("before")) {
      filter.before = earlier(filter.before, images.get(name).created());
    }
    for (String until : filters.get("until")) {
      filter.before = earlier(filter.before, Timestamps.parse(until, now, zone));
    }
    for (String name : filters.get("since")) {
      Instant at = images.get(name).created();
      filter.since = at.isAfter(filter.since) ? at : filter.since;
    }
    return filter;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /// Whether an image is shown.
  public boolean passes(Image image) {
    boolean named = !image.tags().isEmpty();
    boolean known = named || !image.digests().isEmpty();
    return image.created().isBefore(before)
        && image.created().isAfter(since)
        && filters.labels("label", image.labels())
        && dangling.map(wanted -> wanted ? !named : known).orElse(true)
        && (references.isEmpty()
            || !names(image.tags()).isEmpty()
            || !names(image.digests()).isEmpty());
  }

  /// Those of an image's names that are asked for.
  public List<String> names(List<String> all) {
    return references.isEmpty()
        ? all
        : all.stream().filter(n -> references.stream().anyMatch(p -> matches(p, n))).toList();
  }

  private static boolean matches(Pattern pattern, String name) {
    return pattern.matcher(name).matches() || pattern.matcher(repository(name)).matches();
  }

  /// A name without its tag and digest.
  static String repository(String name) {
    int at = name.indexOf('@');
    String bare = at < 0 ? name : name.substring(0, at);
    int colon = bare.lastIndexOf(':');
    return colon > bare.lastIndexOf('/') ? bare.substring(0, colon) : bare;
  }

  /// Go's `path.Match`: `*` and `?` stop at a slash, `[...]` is a class, `\` takes the next
  /// character as it is.
  static Pattern glob(String pattern) throws ApiException {
    var regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      switch (c) {
        case '*' -> regex.append("[^/]*");
        case '?' -> regex.append("[^/]");
        case '[' -> {
          int end = pattern.indexOf(']', i + 2);
          if (end < 0) {
            throw syntax(pattern);
          }
          String members = pattern.substring(i + 1, end);
          regex.append('[').append(members.replace("[", "\\[").replace("&&", "&\\&")).append(']');
          i = end;
        }
        case '\\' -> {
          i++;
          if (i == pattern.length()) {
            throw syntax(pattern);
          }
          regex.append(Pattern.quote(pattern.substring(i, i + 1)));
        }
        default -> regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    try {
      return Pattern.compile(regex.toString());
    } catch (PatternSyntaxException _) {
      throw syntax(pattern);
    }
  }

  private static ApiException syntax(String pattern) {
    return ApiException.bad("invalid filter 'reference=" + pattern + "': syntax error in pattern");
  }
}
