package swarm.cli.spec;

import java.util.ArrayList;
import java.util.List;

/// Where an archive is unpacked, and under which names: `cp`'s rules, which are those of Docker's
/// `archive.PrepareArchiveCopy` and nearly those of `cp -a`. Pure.
///
/// @param directory where it is unpacked
/// @param changes of the archive's names, one after the other
public record CopyPlan(String directory, List<Change> changes) {
  public CopyPlan {
    changes = List.copyOf(changes);
  }

  /// Replaces the first part of names.
  ///
  /// @param from the part; `/` stands before all names
  public record Change(String from, String to) {
    String apply(String entry) {
      if (from.equals("/")) {
        return to + "/" + entry.replaceAll("^/+", "");
      }
      return entry.equals(from) || entry.startsWith(from + "/")
          ? to + entry.substring(from.length())
          : entry;
    }
  }

  /// @throws InvalidValueException where the source cannot be what is to be at the destination
  public static CopyPlan of(CopyEnd source, CopyEnd destination) throws InvalidValueException {
    var changes = new ArrayList<Change>();
    String name = source.name();
    if (!source.shown().isEmpty()) {
      changes.add(new Change(name, source.shown()));
      name = source.shown();
    }
    PathText.Parts to = PathText.split(destination.path());
    return switch (destination.there()) {
      case DIRECTORY -> new CopyPlan(destination.path(), changes);
      case FILE -> {
        if (source.isDirectory()) {
          throw new InvalidValueException("cannot copy directory");
        }
        changes.add(new Change(name, to.name()));
        yield new CopyPlan(to.directory(), changes);
      }
      case NOTHING -> {
        if (!source.isDirectory() && PathText.assertsDirectory(destination.path())) {
          throw new InvalidValueException("no such directory");
        }
        changes.add(new Change(name, to.name()));
        yield new CopyPlan(to.directory(), changes);
      }
    };
  }

  /// An entry's name where it is unpacked.
  public String rename(String entry) {
    String name = entry;
    for (Change change : changes) {
      name = change.apply(name);
    }
    return name;
  }
}
