/// Clients that use a cluster as its users do, and keep a record of what they were told. They must
/// not know where the daemons run, nor what happens to them meanwhile.
@NullMarked
package swarm.chaos.workload;

import org.jspecify.annotations.NullMarked;
