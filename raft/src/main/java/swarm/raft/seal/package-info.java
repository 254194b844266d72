/// Encryption at rest of log entries and snapshots. It must not know what it encrypts, nor where
/// keys come from.
@NullMarked
package swarm.raft.seal;

import org.jspecify.annotations.NullMarked;
