/// How a request is refused: what the routes and the rooms beside them throw alike. It must know
/// nothing else of this program.
@NullMarked
package swarm.node.api.error;

import org.jspecify.annotations.NullMarked;
