package swarm.runtime.container;

import java.util.List;

/// What `ps` says of a container's processes.
///
/// @param titles of the columns
/// @param rows as many cells each as there are titles
public record ProcessTable(List<String> titles, List<List<String>> rows) {
  public ProcessTable {
    titles = List.copyOf(titles);
    rows = List.copyOf(rows);
  }
}
