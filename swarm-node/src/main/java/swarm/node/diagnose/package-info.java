/// What nodes find out about the network between them, and what that means in plain words. Pure:
/// who probes is the agent, who asks is the API.
@NullMarked
package swarm.node.diagnose;

import org.jspecify.annotations.NullMarked;
