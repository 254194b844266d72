/// Which node runs which task: filters, scoring, and the reason where none fits. Pure; it must not
/// know what a node does with a task.
@NullMarked
package swarm.scheduler.place;

import org.jspecify.annotations.NullMarked;
