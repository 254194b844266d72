/// The replicated log as the rest of the program sees it: propose bytes, apply them, snapshot,
/// membership, read barrier. It must not know what the bytes mean (services, tasks), nor HTTP, nor
/// which Raft library stands behind.
@NullMarked
package swarm.raft.log;

import org.jspecify.annotations.NullMarked;
