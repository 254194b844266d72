@NullMarked
package swarm.network.dns;

import org.jspecify.annotations.NullMarked;
