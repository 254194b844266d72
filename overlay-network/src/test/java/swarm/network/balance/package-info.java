@NullMarked
package swarm.network.balance;

import org.jspecify.annotations.NullMarked;
