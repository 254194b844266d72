/// Tests of the agent.
@NullMarked
package swarm.node.agent;

import org.jspecify.annotations.NullMarked;
