/// Checks of what was seen of a cluster from outside: whether a history of concurrent operations is
/// linearizable, and what the objects of the Docker Engine API are when nothing is concurrent.
/// Pure: it must not know clients, hosts, clocks or files.
@NullMarked
package swarm.chaos.check;

import org.jspecify.annotations.NullMarked;
