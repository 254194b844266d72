/// Who is in a cluster and as what, how that may change, and a random choice of such changes. Pure:
/// it must not know hosts, daemons or APIs.
@NullMarked
package swarm.chaos.membership;

import org.jspecify.annotations.NullMarked;
