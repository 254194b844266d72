/// Apache Ratis behind the replicated log. It must not know services, tasks or HTTP; no type of
/// Ratis leaves this package.
@NullMarked
package swarm.raft.engine;

import org.jspecify.annotations.NullMarked;
