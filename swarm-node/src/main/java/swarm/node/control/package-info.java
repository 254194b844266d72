/// What makes a node a manager: the replicated state, proposing to it, and (on the leader) the loop
/// that drives the planners and the watch over the nodes. It must not know HTTP, nor how a
/// container or a network is made.
@NullMarked
package swarm.node.control;

import org.jspecify.annotations.NullMarked;
