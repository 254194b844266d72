/// What tasks there should be: replicated and global services, updates, restarts, the reaper of old
/// tasks. Every planner here is pure: it decides on a snapshot and changes nothing. It must not
/// know sockets, files, clocks or threads.
@NullMarked
package swarm.scheduler.orchestrate;

import org.jspecify.annotations.NullMarked;
