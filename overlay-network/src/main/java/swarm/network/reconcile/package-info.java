/// What others do to the interfaces and rules of ours, as the kernel tells it.
///
/// It must not know what they are for: who mends them is told that there is reason to look.
@NullMarked
package swarm.network.reconcile;

import org.jspecify.annotations.NullMarked;
