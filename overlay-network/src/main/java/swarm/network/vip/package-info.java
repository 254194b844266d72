/// Virtual addresses, in the namespace of whoever calls them: the packet filter there leads each
/// new connection to one of the tasks behind. Nothing between caller and task knows of them.
///
/// It must not know on which network or host the tasks are.
@NullMarked
package swarm.network.vip;

import org.jspecify.annotations.NullMarked;
