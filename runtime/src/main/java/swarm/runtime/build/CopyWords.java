package swarm.runtime.build;

import java.util.List;
import java.util.Map;

/// `COPY` or `ADD` with its variables resolved. Pure.
///
/// @param name of the instruction
/// @param documents files that stand in the Dockerfile, by name
record CopyWords(
    String name,
    List<String> sources,
    String destination,
    Map<String, String> documents,
    String chown,
    String chmod) {
  boolean add() {
    return name.equals("ADD");
  }

  /// What the image's history says of it.
  String comment(List<CopyItem> items) {
    return name
        + " "
        + (chown.isEmpty() ? "" : "--chown=" + chown) // without a blank behind it, in Docker, too
        + (chown.isEmpty() || chmod.isEmpty() ? "" : " ")
        + (chmod.isEmpty() ? "" : "--chmod=" + chmod + " ")
        + CopyItem.sum(items)
        + " in "
        + destination
        + " ";
  }

  /// Where it goes, as an absolute path; a slash at the end stays.
  String target(String workingDir) {
    if (destination.startsWith("/")) {
      return destination;
    }
    String path = swarm.runtime.archive.TreePaths.clean(workingDir + "/" + destination);
    return destination.endsWith("/") && !path.equals("/") ? path + "/" : path;
  }
}
