@NullMarked
package swarm.network.reconcile;

import org.jspecify.annotations.NullMarked;
