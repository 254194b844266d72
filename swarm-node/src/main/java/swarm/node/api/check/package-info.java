/// Whether what users send can be taken: JSON's form, the types of its fields, limits, and what a
/// spec asks for that cannot be done yet. Pure. It must not know who sent it, what the node and the
/// cluster are doing, or how an answer looks.
@NullMarked
package swarm.node.api.check;

import org.jspecify.annotations.NullMarked;
