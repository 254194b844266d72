/// The node, assembled: every part made with what it needs, in order, and closed in the reverse
/// order. It must not know command-line parsing.
@NullMarked
package swarm.node;

import org.jspecify.annotations.NullMarked;
