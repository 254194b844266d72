/// What users write on a command line (ports, mounts, sizes, durations, variables) turned into the
/// API's specifications as JSON trees. Pure; it must not know sockets, terminals or how options are
/// parsed.
@NullMarked
package swarm.cli.spec;

import org.jspecify.annotations.NullMarked;
