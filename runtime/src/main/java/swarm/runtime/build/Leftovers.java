package swarm.runtime.build;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.container.EngineException;

/// The containers of builds that nobody ends any more: of a daemon that was killed while it built.
final class Leftovers {
  private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

  /// What a step's container is known by. Users cannot set it: it is no label.
  private static final String MARK = "swarm.build";

  private Leftovers() {}

  /// The attributes of a container that goes with its step.
  static Map<String, String> marked(Map<String, String> attributes) {
    var all = new LinkedHashMap<>(attributes);
    all.put(MARK, "step");
    return all;
  }

  /// Removes them, whether they run or not. What cannot be removed is told in the log and left for
  /// the user: a daemon starts all the same.
  static void remove(ContainerEngine engine) throws InterruptedException {
    for (Container container : engine.list()) {
      if (!container.config().attributes().containsKey(MARK)) {
        continue;
      }
      try {
        engine.remove(container.id(), true, true);
        LOG.info("removed container {} of a build that was cut short", container.id());
      } catch (EngineException e) {
        LOG.warn("container {} of a build that was cut short stays", container.id(), e);
      }
    }
  }
}
