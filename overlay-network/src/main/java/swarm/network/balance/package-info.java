/// Which backends of a service callers are led to, by what managers say and by hints that come
/// before their word: pure decisions, the same for published ports, virtual addresses and names.
///
/// It must know neither a kernel nor gossip, nor how a backend is put into rules or answers.
@NullMarked
package swarm.network.balance;

import org.jspecify.annotations.NullMarked;
