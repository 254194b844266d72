/// The API's answers as people read them: tables, human times and sizes, templates. Pure; it must
/// not know sockets, terminals or options.
@NullMarked
package swarm.cli.render;

import org.jspecify.annotations.NullMarked;
