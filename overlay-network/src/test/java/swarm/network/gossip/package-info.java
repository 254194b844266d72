@NullMarked
package swarm.network.gossip;

import org.jspecify.annotations.NullMarked;
