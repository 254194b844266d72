@NullMarked
package swarm.node.networks;

import org.jspecify.annotations.NullMarked;
