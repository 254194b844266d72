@NullMarked
package swarm.network.overlay;

import org.jspecify.annotations.NullMarked;
