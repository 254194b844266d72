/// The replicated state: commands, how they are applied, what changed. It must not know sockets,
/// files, clocks or threads: the same commands give the same state on every manager, for ever.
@NullMarked
package swarm.scheduler.state;

import org.jspecify.annotations.NullMarked;
