/// What tests of several packages share.
@NullMarked
package swarm.node.testing;

import org.jspecify.annotations.NullMarked;
