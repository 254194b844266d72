/// The multi-host suites: real daemons of a built distribution on test hosts. They must not know
/// the inside of a daemon, only its API, its processes and its cables.
@NullMarked
package swarm.chaos.multihost;

import org.jspecify.annotations.NullMarked;
