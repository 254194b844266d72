/// Test hosts on one machine and a `swarm` daemon on each: what `swarm playground`, `./dev cluster`
/// and the multi-host tests stand on. A host is a network, mount and UTS namespace of its own. It
/// must not know the inside of a daemon: only its program, its socket and its processes.
@NullMarked
package swarm.chaos.cluster;

import org.jspecify.annotations.NullMarked;
