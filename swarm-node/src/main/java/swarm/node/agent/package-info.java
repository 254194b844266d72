/// The agent: does on this node what the managers assigned, through the container engine and the
/// node's network, and reports what it sees. It must not know how managers decide, nor HTTP.
@NullMarked
package swarm.node.agent;

import org.jspecify.annotations.NullMarked;
