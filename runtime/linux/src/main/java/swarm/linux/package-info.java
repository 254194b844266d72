/// Linux system calls that the JDK lacks, through the Java FFM API: namespaces, mounts, netlink
/// sockets, pidfds. It must not know containers, networks, services or clusters: only what the
/// kernel offers.
@NullMarked
package swarm.linux;

import org.jspecify.annotations.NullMarked;
