/// Templates in what users declare: the part of Go's `text/template` that swarmkit's users need,
/// and what they are expanded with. Pure: it must know neither the API nor who runs tasks.
@NullMarked
package swarm.node.template;

import org.jspecify.annotations.NullMarked;
