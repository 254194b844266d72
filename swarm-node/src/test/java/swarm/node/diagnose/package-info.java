@NullMarked
package swarm.node.diagnose;

import org.jspecify.annotations.NullMarked;
