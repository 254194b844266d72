@NullMarked
package swarm.node.metrics;

import org.jspecify.annotations.NullMarked;
