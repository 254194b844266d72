/// What the host's own firewall does with packets that we accept: read from the kernel
/// ([swarm.network.firewall.RulesetReader]), decided by a pure function
/// ([swarm.network.firewall.Judge]), told, and where the user wants it, opened
/// ([swarm.network.firewall.Openings]).
@NullMarked
package swarm.network.firewall;

import org.jspecify.annotations.NullMarked;
