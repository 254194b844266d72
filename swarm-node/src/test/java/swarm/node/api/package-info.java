/// Tests of the API: what needs no cluster and no engine.
@NullMarked
package swarm.node.api;

import org.jspecify.annotations.NullMarked;
