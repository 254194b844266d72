/// Tests of the filters, in tables.
@NullMarked
package swarm.node.api.filter;

import org.jspecify.annotations.NullMarked;
