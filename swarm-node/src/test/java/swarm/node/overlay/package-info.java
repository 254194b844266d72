@NullMarked
package swarm.node.overlay;

import org.jspecify.annotations.NullMarked;
