/// Compose files: YAML text, with the values of variables and the files it names, turned into a
/// checked description of a stack, and that into the API's specifications, as `docker stack` does.
/// Pure; it must not know sockets, terminals or how options are parsed.
@NullMarked
package swarm.cli.compose;

import org.jspecify.annotations.NullMarked;
