@NullMarked
package swarm.network.firewall;

import org.jspecify.annotations.NullMarked;
