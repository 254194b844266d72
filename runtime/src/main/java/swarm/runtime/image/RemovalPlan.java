package swarm.runtime.image;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What removing an image comes to, by Docker's rules: a name goes first, and the image with its
/// last one, unless a container is in the way. Pure.
///
/// @param untag names that go, in the order in which they are told
/// @param delete whether the image goes, too
record RemovalPlan(List<String> untag, boolean delete) {
  private static final int SHORT = 12;

  /// @param asked a name, an id or its beginning, as the user wrote it
  /// @throws ImageException with Docker's sentence for what is in the way
  static RemovalPlan of(Image image, String asked, boolean force, ImageUses uses)
      throws ImageException {
    return of(image, asked, force, false, uses);
  }

  /// As the other.
  ///
  /// @param parent whether steps of builds made other images of it
  static RemovalPlan of(Image image, String asked, boolean force, boolean parent, ImageUses uses)
      throws ImageException {
    var names = new ArrayList<String>(image.tags());
    names.addAll(image.digests());
    boolean single = isSingle(names);
    var gone = new ArrayList<String>();
    boolean byName = !isId(image.id(), asked);
    if (byName) {
      if (!force && single) {
        checkName(image, asked, uses);
      }
      gone.addAll(named(Reference.parse(asked), names));
      names.removeAll(gone);
      if (!names.isEmpty()) {
        return new RemovalPlan(gone, false);
      }
    } else if (single) {
      checkChildren(image, parent);
      checkContainers(image, force, uses);
      gone.addAll(names);
      names.clear();
    }
    try {
      checkChildren(image, parent);
      checkContainers(image, force, uses);
      if (!force && !names.isEmpty()) {
        throw conflict(image, false, "image is referenced in multiple repositories");
      }
    } catch (ImageException e) {
      if (byName) {
        return new RemovalPlan(gone, false); // its last name went, as asked, and it is used still
      }
      throw e;
    }
    gone.addAll(names);
    return new RemovalPlan(gone, true);
  }

  private static boolean isId(String id, String asked) {
    return id.startsWith(asked) || id.substring("sha256:".length()).startsWith(asked);
  }

  /// Whether all names are in one repository, with one tag at most.
  private static boolean isSingle(List<String> names) {
    if (names.size() <= 1) {
      return true;
    }
    List<String> tags = names.stream().filter(n -> !n.contains("@")).toList();
    Set<String> digested = new HashSet<>();
    names.stream().filter(n -> n.contains("@")).forEach(n -> digested.add(repository(n)));
    String one = repository(tags.isEmpty() ? names.getFirst() : tags.getFirst());
    return tags.size() <= 1 && digested.size() == 1 && digested.contains(one);
  }

  /// A name with those digests of its repository that nothing else holds any more.
  private static List<String> named(Reference reference, List<String> names) {
    var gone = new ArrayList<String>();
    if (reference.digest() != null) {
      gone.add(reference.familiarRepository() + "@" + reference.digest());
      return gone;
    }
    String name = reference.familiar();
    String repository = reference.familiarRepository();
    gone.add(name);
    boolean another =
        names.stream()
            .anyMatch(n -> !n.contains("@") && !n.equals(name) && repository(n).equals(repository));
    if (!another) {
      names.stream()
          .filter(n -> n.contains("@") && repository(n).equals(repository))
          .forEach(gone::add);
    }
    return gone;
  }

  private static String repository(String name) {
    int at = name.indexOf('@');
    String bare = at < 0 ? name : name.substring(0, at);
    int colon = bare.lastIndexOf(':');
    return colon > bare.lastIndexOf('/') ? bare.substring(0, colon) : bare;
  }

  private static void checkName(Image image, String asked, ImageUses uses) throws ImageException {
    Optional<String> container = uses.any(image.id());
    if (container.isPresent()) {
      throw new ImageException(
          ImageException.Kind.CONFLICT,
          "conflict: unable to remove repository reference \""
              + asked
              + "\" (must force) - container "
              + brief(container.get())
              + " is using its referenced image "
              + brief(image.id()));
    }
  }

  private static void checkChildren(Image image, boolean parent) throws ImageException {
    if (parent) {
      throw conflict(image, true, "image has dependent child images");
    }
  }

  private static void checkContainers(Image image, boolean force, ImageUses uses)
      throws ImageException {
    Optional<String> running = uses.running(image.id());
    if (running.isPresent()) {
      throw conflict(
          image, true, "image is being used by running container " + brief(running.get()));
    }
    Optional<String> stopped = uses.stopped(image.id());
    if (!force && stopped.isPresent()) {
      throw conflict(
          image, false, "image is being used by stopped container " + brief(stopped.get()));
    }
  }

  private static ImageException conflict(Image image, boolean hard, String why) {
    return new ImageException(
        ImageException.Kind.CONFLICT,
        "conflict: unable to delete "
            + brief(image.id())
            + (hard ? " (cannot be forced) - " : " (must be forced) - ")
            + why);
  }

  private static String brief(String id) {
    String hex = id.startsWith("sha256:") ? id.substring("sha256:".length()) : id;
    return hex.substring(0, Math.min(SHORT, hex.length()));
  }
}
