/// Standard streams of containers and execs: frames, and sessions attached to the monitor's socket.
/// It must not know how processes are started or what containers are.
@NullMarked
package swarm.runtime.stdio;

import org.jspecify.annotations.NullMarked;
