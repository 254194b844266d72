@NullMarked
package swarm.network.vip;

import org.jspecify.annotations.NullMarked;
