/// How fast and how large the planners and their state are, on one core: `./dev bench scheduler`.
@NullMarked
package swarm.scheduler.bench;

import org.jspecify.annotations.NullMarked;
